"""What moderation asks of images beyond what people and programs do: its only door into this room.

Who may do what is decided by its caller, moderation.services.
"""

from __future__ import annotations

from collections.abc import Iterator

from media_pipeline import (
    audit,
    aws,
    judgement,
    likeness,
    notifications,
    policy,
    reviews,
    search,
    storage,
    verdicts,
)
from media_pipeline.conf import conf
from media_pipeline.models import BLURRED, Image, Rendition, ReviewState, Status
from media_pipeline.review_writes import HELD, QUEUE

__all__ = [
    "BLURRED",
    "Image",
    "ReviewState",
    "Status",
    "audit",
    "blur",
    "bring_heirs",
    "conf",
    "held_ids",
    "likeness",
    "notifications",
    "policy",
    "reviews",
    "storage",
    "verdicts",
    "waiting_ids",
]

HEIR_LIMIT = 1000  # of one source; a copy more would have to be brought along by hand
BLUR_QUALITY = 60


def waiting_ids() -> Iterator[str]:
    """The ids of all images that wait for a moderator, oldest first."""
    yield from _queued(QUEUE)


def held_ids() -> Iterator[str]:
    """The ids of the images held for child safety whose report was not filed yet."""
    yield from _queued(HELD)


def _queued(queue: str) -> Iterator[str]:
    with aws.temporary_errors("DynamoDB"):
        yield from (item.image_id for item in Image.in_review_index.query(queue))


def bring_heirs(source: Image) -> None:
    """Let the images that took over this one's verdict follow what became of it."""
    if source.verdict_from is not None or source.review is None:
        return
    for heir in Image.load_many(search.ids(judgement.HEIRS, source.image_id, limit=HEIR_LIMIT)):
        if source.review == ReviewState.CHILD_SAFETY:
            reviews.hold(heir, because=f"the same bytes as {source.image_id}")
        else:
            reviews.follow(heir, source)


def blur(record: Image) -> None:
    """Make the rendition that reviewers see first, of the large thumbnail; nothing when there is none."""
    thumbnail = record.rendition("large")
    data = storage.fetch_rendition(record.image_id, thumbnail) if thumbnail else None
    if data is None:
        return
    from media_pipeline import imaging  # noqa: PLC0415 - the web's package has no imaging libraries, and never blurs

    pixels = imaging.blurred(imaging.open(data, max_pixels=1_000_000).decode())
    encoded = imaging.encode_jpeg(pixels, quality=BLUR_QUALITY)
    storage.put_rendition(
        record.image_id, Rendition(BLURRED, "jpeg", pixels.width, pixels.height, len(encoded)), encoded
    )
