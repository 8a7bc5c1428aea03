"""What happens to an image after its upload: the run, its stages, and the sweep that mends."""
