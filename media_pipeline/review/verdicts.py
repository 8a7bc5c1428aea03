"""Where a review stands: the fold of an image's audit chain. What was undone counts as if it had never been."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from media_pipeline.record.models import Image, ReviewState
from media_pipeline.review import audit
from media_pipeline.review.audit import Entry


class Outcome(StrEnum):
    ALLOW = "allow"
    RESTRICT = "restrict"  # delivered behind an age gate
    REMOVE = "remove"


class Step(StrEnum):
    """What a review waits for."""

    FIRST = "first"
    SECOND = "second"  # another person, who does not know the first one's verdict
    ESCALATED = "escalated"
    APPEALED = "appealed"


STATES = {
    Outcome.ALLOW: ReviewState.ALLOWED,
    Outcome.RESTRICT: ReviewState.RESTRICTED,
    Outcome.REMOVE: ReviewState.REJECTED,
}
AGAINST = frozenset({ReviewState.REJECTED, ReviewState.RESTRICTED, ReviewState.CHILD_SAFETY})  # what can be appealed


@dataclass(frozen=True, slots=True)
class Verdict:
    """`batch` is the same for all images that were decided in one stroke, so that one undo takes them all back."""

    outcome: Outcome
    policy: str = ""
    policy_version: int = 0
    reason: str = ""
    batch: str = ""

    @classmethod
    def of(cls, details: dict[str, Any]) -> Verdict:
        known = {field.name: details[field.name] for field in fields(cls) if field.name in details}
        return cls(**{**known, "outcome": Outcome(details["outcome"])})

    def agrees_with(self, other: Verdict) -> bool:
        return (self.outcome, self.policy) == (other.outcome, other.policy)


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    by: str
    at: str
    entry: str  # the hash of its audit entry


@dataclass(frozen=True, slots=True)
class Review:
    """`decision` is the one that stands; `sealed` is the first of two, until the second is given."""

    state: ReviewState | None = None
    step: Step | None = None
    decision: Decision | None = None
    sealed: Decision | None = None
    deciders: frozenset[str] = frozenset()
    appeal: Entry | None = None
    opened_at: str = ""
    is_reported: bool = False

    @property
    def is_decided(self) -> bool:
        return self.state is not None and self.step is None


def review_of(record: Image) -> Review:
    return fold(audit.trail(record))


def fold(entries: Sequence[Entry]) -> Review:
    gone = undone(entries)
    review = Review()
    for entry in entries:
        if entry.hash not in gone:
            review = _after(review, entry)
    return review


def was_let_out(entries: Sequence[Entry]) -> bool:
    """Whether the image was ever to be had by its readers: flagged only later, or allowed once.

    The pipeline's own first entry is written before its last write lets an image out; a flag that a changed policy
    raised names that policy, and comes later.
    """
    first = entries[0] if entries else None
    held_back = first is not None and first.what in {"flagged", "inherited"} and "policy" not in first.details
    if first is None or first.by != audit.PIPELINE or not held_back:
        return True
    states = {fold(entries[: number + 1]).state for number in range(len(entries))}
    return not states.isdisjoint({ReviewState.ALLOWED, ReviewState.RESTRICTED, None})


def undone(entries: Sequence[Entry]) -> set[str]:
    """The hashes of entries that a later one took back."""
    return {entry.details["of"] for entry in entries if entry.what == "undone"}


def _after(review: Review, entry: Entry) -> Review:
    effect = EFFECTS.get(entry.what)
    return effect(review, entry) if effect else review


def _flagged(review: Review, entry: Entry) -> Review:
    """A decided image stays decided, whatever else is found or reported."""
    if review.state is not None:
        return review
    return replace(review, state=ReviewState.OPEN, step=Step.FIRST, opened_at=entry.at)


def _taken_over(review: Review, entry: Entry) -> Review:
    """The verdict on the same bytes; a decision that people made on this very image weighs more."""
    if review.decision is not None and review.decision.by != audit.PIPELINE:
        return review
    if not entry.details.get("review"):
        return review
    state = ReviewState(entry.details["review"])
    taken = replace(review, state=state, step=None, opened_at=review.opened_at or entry.at)
    if state is ReviewState.OPEN:
        return replace(taken, step=Step.FIRST, decision=None)
    if "outcome" in entry.details:
        deciders = review.deciders | {entry.details["decided_by"]}
        return replace(taken, decision=_decision(entry), deciders=deciders)
    return taken


def _decided(review: Review, entry: Entry) -> Review:
    decided = replace(review, deciders=review.deciders | {entry.by})
    decision = _decision(entry)
    if review.step is Step.FIRST and entry.details.get("awaits_second"):
        return replace(decided, step=Step.SECOND, sealed=decision)
    if review.step is Step.SECOND and review.sealed and not decision.verdict.agrees_with(review.sealed.verdict):
        return replace(decided, step=Step.ESCALATED)
    return _final(decided, entry)


def _final(review: Review, entry: Entry) -> Review:
    decision = _decision(entry)
    return replace(review, state=STATES[decision.verdict.outcome], step=None, decision=decision)


def _decision(entry: Entry) -> Decision:
    return Decision(Verdict.of(entry.details), entry.by, entry.at, entry.hash)


def _escalated(review: Review, entry: Entry) -> Review:
    return replace(review, step=Step.ESCALATED, deciders=review.deciders | {entry.by})


def _appealed(review: Review, entry: Entry) -> Review:
    if review.state is ReviewState.CHILD_SAFETY:
        return replace(review, appeal=entry)  # for who holds it to read; in nobody's queue
    return replace(review, step=Step.APPEALED, appeal=entry, opened_at=entry.at)


def _upheld(review: Review, entry: Entry) -> Review:
    return replace(review, step=None, deciders=review.deciders | {entry.by})


def _overturned(review: Review, entry: Entry) -> Review:
    return _final(replace(review, deciders=review.deciders | {entry.by}), entry)


def _reopened(review: Review, entry: Entry) -> Review:
    return replace(
        review, state=ReviewState.OPEN, step=Step.FIRST, decision=None, sealed=None, appeal=None, opened_at=entry.at
    )


def _held(review: Review, entry: Entry) -> Review:
    return replace(review, state=ReviewState.CHILD_SAFETY, step=None, opened_at=entry.at)


def _filed(review: Review, entry: Entry) -> Review:  # noqa: ARG001 - every effect is asked the same way
    return replace(review, is_reported=True)


EFFECTS: dict[str, Callable[[Review, Entry], Review]] = {
    "flagged": _flagged,
    "inherited": _taken_over,
    "followed": _taken_over,
    "decided": _decided,
    "escalated": _escalated,
    "appealed": _appealed,
    "upheld": _upheld,
    "overturned": _overturned,
    "reopened": _reopened,
    "held": _held,
    "filed": _filed,
}
