"""The owner's pages of people."""
