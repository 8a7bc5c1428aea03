"""Pixels and nothing else: opening, one decode, sizes, encoders, metadata; no AWS, no Django, no settings."""
