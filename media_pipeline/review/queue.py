"""Which images wait for a moderator, by DynamoDB's own index."""

from __future__ import annotations

from collections.abc import Iterator

from media_pipeline.record.models import Image
from media_pipeline.review.writes import HELD, QUEUE


def waiting_ids() -> Iterator[str]:
    """The ids of all images that wait for a moderator, oldest first."""
    yield from _queued(QUEUE)


def held_ids() -> Iterator[str]:
    """The ids of the images held for child safety whose report was not filed yet."""
    yield from _queued(HELD)


def _queued(queue: str) -> Iterator[str]:
    yield from (item.image_id for item in Image.in_review_index.query(queue))
