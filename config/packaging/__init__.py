"""The zip that goes to Lambda: lean, and the same bytes from the same input.

Zappa is told to pack nothing (`"exclude": ["*"]`). Its `zip` callback then fills the archive with our own code and the
distributions that requirements.txt pins, instead of with a whole virtual environment to be thinned out again.
"""
