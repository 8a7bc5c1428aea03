"""Pixels and nothing else: safe opening, one decode, sizes, encoders, metadata. No AWS, no Django, no settings.

Every function is pure and thread-safe. What an image is at fault for is an ImageError, what a caller is at fault for
an InvalidRequestError; both have messages that can be shown.
"""

from __future__ import annotations

from media_pipeline.imaging.animation import animated_webp
from media_pipeline.imaging.avif_choice import choose_avif
from media_pipeline.imaging.blur import blurred
from media_pipeline.imaging.encoders import encode_avif, encode_jpeg, encode_png, encode_webp
from media_pipeline.imaging.fitting import Fit, Placement, place, placed
from media_pipeline.imaging.formats import Format
from media_pipeline.imaging.metadata import Gps, Metadata, read_metadata
from media_pipeline.imaging.opening import Picture
from media_pipeline.imaging.opening import open_picture as open  # noqa: A004 - always spelt `imaging.open`
from media_pipeline.imaging.phash import phash
from media_pipeline.imaging.placeholder import Placeholder, placeholder
from media_pipeline.imaging.stripping import strip_metadata
from media_pipeline.imaging.thumbnails import thumbnails
from media_pipeline.imaging.watermark import Position, Watermark, apply_watermark

__all__ = [
    "Fit",
    "Format",
    "Gps",
    "Metadata",
    "Picture",
    "Placeholder",
    "Placement",
    "Position",
    "Watermark",
    "animated_webp",
    "apply_watermark",
    "blurred",
    "choose_avif",
    "encode_avif",
    "encode_jpeg",
    "encode_png",
    "encode_webp",
    "open",
    "phash",
    "place",
    "placed",
    "placeholder",
    "read_metadata",
    "strip_metadata",
    "thumbnails",
]
