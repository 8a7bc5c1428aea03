"""Pixels and nothing else: safe opening, one decode, sizes, encoders, metadata. No AWS, no Django, no settings.

Every function is pure and thread-safe; every error is an ImageError whose message can be shown.
"""

from __future__ import annotations

from media_pipeline.imaging.blur import blurred
from media_pipeline.imaging.encoders import encode_avif, encode_jpeg, encode_png, encode_webp
from media_pipeline.imaging.formats import Format
from media_pipeline.imaging.metadata import Gps, Metadata, read_metadata
from media_pipeline.imaging.opening import Picture
from media_pipeline.imaging.opening import open_picture as open  # noqa: A004 - always spelt `imaging.open`
from media_pipeline.imaging.thumbnails import thumbnails

__all__ = [
    "Format",
    "Gps",
    "Metadata",
    "Picture",
    "blurred",
    "encode_avif",
    "encode_jpeg",
    "encode_png",
    "encode_webp",
    "open",
    "read_metadata",
    "thumbnails",
]
