"""Whether an owner may object to what was decided on a photo."""

from __future__ import annotations

from enum import StrEnum

from media_pipeline.models import Image, ReviewState
from media_pipeline.readers import Reader
from media_pipeline.verdicts import Step, review_of

# Child safety looks like any other rejection to its owner: to know better could warn an offender.
AGAINST = frozenset({ReviewState.REJECTED, ReviewState.RESTRICTED, ReviewState.CHILD_SAFETY})


class Appeal(StrEnum):
    POSSIBLE = "possible"
    WAITING = "waiting"
    ANSWERED = "answered"


def appeal_of(record: Image, reader: Reader) -> Appeal | None:
    """None when nothing was decided against it, or it is somebody else's."""
    if record.review not in AGAINST or not reader.owns(record.owner) or record.deleted_at:
        return None
    review = review_of(record)
    if review.appeal is None:
        return Appeal.POSSIBLE
    return Appeal.WAITING if review.step is Step.APPEALED else Appeal.ANSWERED
