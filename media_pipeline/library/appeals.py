"""Whether an owner may object to what was decided on a photo."""

from __future__ import annotations

from enum import StrEnum

from media_pipeline.access.readers import Reader
from media_pipeline.record.models import Image, ReviewState
from media_pipeline.review.verdicts import AGAINST, Step, review_of


class Appeal(StrEnum):
    POSSIBLE = "possible"
    WAITING = "waiting"
    ANSWERED = "answered"


def appeal_of(record: Image, reader: Reader) -> Appeal | None:
    """None when nothing was decided against it, or it is somebody else's.

    Child safety looks like any other rejection to its owner: to know better could warn an offender.
    """
    if record.review not in AGAINST or not reader.owns(record.owner) or record.deleted_at:
        return None
    review = review_of(record)
    if review.appeal is None:
        return Appeal.POSSIBLE
    is_open = review.step is Step.APPEALED or review.state is ReviewState.CHILD_SAFETY
    return Appeal.WAITING if is_open else Appeal.ANSWERED
