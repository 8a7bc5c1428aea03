"""The review on the record: opened by a flag, closed by a decision. Each is one conditional write with its audit entry.

DynamoDB is the truth of every verdict; the moderators' cases in SQL are made from it through the table's stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from media_pipeline import audit
from media_pipeline.errors import ConflictError, NotFoundError
from media_pipeline.models import Image, ReviewState

QUEUE = "moderation"  # the value of `in_review` while a review is open


class FlagKind(StrEnum):
    LABEL = "label"  # a label over its threshold
    NOT_JUDGEABLE = "not_judgeable"  # Rekognition cannot look at it
    NEAR_DUPLICATE = "near_duplicate"  # looks like an image that was flagged or rejected
    KNOWN_HASH = "known_hash"  # in an imported list of known images
    REPORT = "report"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Flag:
    """Why a person should look: `about` is the label, the other image, the list or the reporter's words."""

    kind: FlagKind
    about: str = ""
    confidence: float | None = None


def flags_of(record: Image) -> list[Flag]:
    return flags_from(record.flags or ())


def flags_from(facts: Iterable[Mapping[str, Any]]) -> list[Flag]:
    return [Flag(FlagKind(fact["kind"]), fact["about"], fact["confidence"]) for fact in facts]


def flag(record: Image, flags: Iterable[Flag], *, by: str = audit.PIPELINE) -> Image:
    """Open a review, or add to the one that is open. A decided image stays decided; its new flags are kept."""
    new = [found for found in flags if found not in flags_of(record)]
    if not new:
        return record

    def add(current: Image) -> tuple[list[Action], Condition]:
        missing = [found for found in new if found not in flags_of(current)]
        actions = [Image.flags.set([*(current.flags or ()), *(asdict(found) for found in missing)])]
        if current.review is None:
            actions += [Image.review.set(ReviewState.OPEN.value), Image.in_review.set(QUEUE)]
        entry, unchanged = audit.add(current, by=by, what="flagged", flags=[asdict(found) for found in missing])
        return [*actions, *entry], unchanged & _same_review(current)

    return _write(record, add)


def inherit(record: Image, source: Image) -> Image:
    """Take over the verdict on the same bytes; a changed verdict of the source finds its heirs by `verdict_from`."""

    def take(current: Image) -> tuple[list[Action], Condition]:
        actions = [Image.verdict_from.set(source.verdict_from or source.image_id)]
        if source.review is not None and current.review is None:
            actions.append(Image.review.set(source.review))
            if source.review == ReviewState.OPEN:
                actions.append(Image.in_review.set(QUEUE))
        if source.flags:
            actions.append(Image.flags.set(source.flags))
        entry, unchanged = audit.add(
            current, by=audit.PIPELINE, what="inherited", source=source.image_id, review=source.review
        )
        return [*actions, *entry], unchanged & _same_review(current)

    return _write(record, take)


def _same_review(current: Image) -> Condition:
    return Image.review.does_not_exist() if current.review is None else Image.review == current.review


def _write(record: Image, plan: Callable[[Image], tuple[list[Action], Condition]]) -> Image:
    """Write what `plan` makes of the record as it is; when somebody was faster, plan anew on what they left."""
    current: Image | None = record
    for _ in range(5):
        if current is None:
            raise NotFoundError("The image was erased meanwhile.")
        actions, condition = plan(current)
        if current.change(actions, condition):
            return current
        current = Image.load(record.image_id)
    raise ConflictError("The image is being changed by several people at once. Try again.")


def as_facts(flags: Iterable[Flag]) -> list[dict[str, Any]]:
    return [asdict(found) for found in flags]
