"""What is measured rather than promised: `make bench`, or one module of it with its own options."""
