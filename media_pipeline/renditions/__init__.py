"""Renditions on demand: requested, rendered, blurred, watermarked."""
