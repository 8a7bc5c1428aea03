"""The stages, a file each; order.py has them in their order."""
