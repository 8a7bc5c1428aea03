"""A first look inside the function, off by default, so that Rekognition is not asked about what is clearly harmless."""
