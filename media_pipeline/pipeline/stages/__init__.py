"""The stages of the pipeline, a file each; they do not know each other."""
