"""The two buckets, the one signer of addresses, and CloudFront."""
