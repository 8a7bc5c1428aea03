"""The embedded AWS of a laptop and of the tests."""
