"""The rendition that reviewers see first, in which nothing can be recognised."""

from __future__ import annotations

from media_pipeline.imaging.blur import blurred
from media_pipeline.imaging.encoders import encode_jpeg
from media_pipeline.imaging.opening import open_picture
from media_pipeline.record.models import BLURRED, Image, Rendition
from media_pipeline.storage import buckets

BLUR_QUALITY = 60


def blur(record: Image) -> None:
    """Make the rendition that reviewers see first, of the large thumbnail; nothing when there is none."""
    thumbnail = record.rendition("large")
    data = buckets.fetch_rendition(record.image_id, thumbnail) if thumbnail else None
    if data is None:
        return

    pixels = blurred(open_picture(data, max_pixels=1_000_000).decode())
    encoded = encode_jpeg(pixels, quality=BLUR_QUALITY)
    buckets.put_rendition(
        record.image_id, Rendition(BLURRED, "jpeg", pixels.width, pixels.height, len(encoded)), encoded
    )
