"""The console's pages beside the admin's own."""
