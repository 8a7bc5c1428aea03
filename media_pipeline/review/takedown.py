"""Taking down what was delivered of an image before a person rejected it."""

from __future__ import annotations

from media_pipeline.record.models import Image, ReviewState
from media_pipeline.review import audit, verdicts
from media_pipeline.storage import cdn


def take_down(record: Image) -> None:
    """Remove from CloudFront what was delivered of an image before it was rejected. Nothing is deleted."""
    is_gone = record.review in {ReviewState.REJECTED, ReviewState.CHILD_SAFETY}
    if is_gone and verdicts.was_let_out(audit.trail(record)):
        cdn.invalidate(record)
