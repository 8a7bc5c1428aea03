"""Finding images without a scan: by terms, of which each image has about a dozen, and by what its record says."""
