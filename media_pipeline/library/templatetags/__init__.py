"""Filters and tags of the library's templates."""
