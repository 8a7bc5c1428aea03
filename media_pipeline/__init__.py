"""Images: taken in, processed, kept, searched, shown, reviewed and erased."""
