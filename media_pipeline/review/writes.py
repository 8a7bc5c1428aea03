"""The one way a review changes: a conditional write on the record that carries its audit entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.expressions.update import Action

from media_pipeline.errors import NotFoundError
from media_pipeline.record.models import Image, ReviewState
from media_pipeline.review import audit
from media_pipeline.review.verdicts import Review, fold

QUEUE = "moderation"  # the value of `in_review` while a review waits for people
HELD = "child-safety"  # the same while an image is held and not yet reported


@dataclass(frozen=True, slots=True)
class Act:
    """An audit entry in the making, and what is written beside it."""

    what: str
    details: Mapping[str, Any]
    actions: Sequence[Action] = ()


def write(record: Image, by: str, plan: Callable[[Image, Review], Act | None]) -> Image:
    """Write what `plan` makes of the record as it is; when somebody was faster, plan anew on what they left."""

    def actions(current: Image) -> list[Action]:
        trail = audit.trail(current)
        act = plan(current, fold(trail))
        if act is None:
            return []
        entry = audit.next_entry(current, by=by, what=act.what, **act.details)
        return [*act.actions, *_standing(current, fold([*trail, entry])), *audit.append(entry)]

    written = record.amend(actions, on=audit.unchanged)
    if written is None:
        raise NotFoundError("The image was erased meanwhile.")
    return written


def _standing(current: Image, review: Review) -> list[Action]:
    """The two attributes that tell search, delivery and the queue where the review stands."""
    actions: list[Action] = []
    if review.state is not None and review.state != current.review:
        actions.append(Image.review.set(review.state.value))
    queue = QUEUE if review.step else None
    if review.state is ReviewState.CHILD_SAFETY and not review.is_reported:
        queue = HELD
    if queue != current.in_review:
        actions.append(Image.in_review.set(queue) if queue else Image.in_review.remove())
    return actions
