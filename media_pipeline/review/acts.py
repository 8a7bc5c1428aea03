"""The review on the record: opened by a flag, closed by a decision. Each is one conditional write with its audit entry.

DynamoDB is the truth of every verdict; the moderators' cases in SQL are made from it through the table's stream. Who
may do what by role is asked in moderation.services; what nobody may do, whatever their role, is refused here, against
the record as it is at the moment of the write.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from pynamodb.expressions.update import Action

from media_pipeline.errors import ConflictError, NotAllowedError
from media_pipeline.record.models import Image, ReviewState
from media_pipeline.review import audit
from media_pipeline.review.verdicts import AGAINST, Outcome, Review, Step, Verdict, review_of, undone
from media_pipeline.review.writes import Act, write

CHILD_SAFETY_LISTS = "child-safety"  # how the names of imported lists begin whose images are held at once
MAX_REPORTS = 10  # of 2,000 characters, which take 8 KB of the 400 KB that an item may have, and again some as flags
APPEAL_DAYS = 183  # six months: Digital Services Act, article 20(1)
TAKEN_BACK = frozenset({"decided", "escalated", "upheld", "overturned"})  # the acts that `undo` can undo


class FlagKind(StrEnum):
    LABEL = "label"  # a label over its threshold
    NOT_JUDGEABLE = "not_judgeable"  # Rekognition cannot look at it
    NEAR_DUPLICATE = "near_duplicate"  # looks like an image that was flagged or rejected
    KNOWN_HASH = "known_hash"  # in an imported list of known images
    REPORT = "report"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Flag:
    """Why a person should look: `about` is the label, the other image, the list or the words of the reporter `by`."""

    kind: FlagKind
    about: str = ""
    confidence: float | None = None
    by: str = ""


class AlreadyDecidedError(ConflictError):
    """Somebody else was first; `by` is their id."""

    def __init__(self, by: str) -> None:
        super().__init__("Somebody else has decided this case meanwhile.")
        self.by = by


def flags_of(record: Image) -> list[Flag]:
    return flags_from(record.flags or ())


def flags_from(facts: Iterable[Mapping[str, Any]]) -> list[Flag]:
    return [
        Flag(FlagKind(fact["kind"]), fact.get("about", ""), fact.get("confidence"), fact.get("by", ""))
        for fact in facts
    ]


def as_facts(flags: Iterable[Flag]) -> list[dict[str, Any]]:
    return [{name: value for name, value in asdict(found).items() if value not in {"", None}} for found in flags]


# What the pipeline and the public do


def flag(record: Image, flags: Iterable[Flag], *, by: str = audit.PIPELINE) -> Image:
    """Open a review, or add to the one that is open. A decided image stays decided; its new flags are kept.

    An image of a list for child safety is held at once, whatever was decided before.
    """
    found = list(flags)

    def add(current: Image, review: Review) -> Act | None:  # noqa: ARG001 - every plan is asked the same way
        known = flags_of(current)
        new = as_facts(each for each in found if each not in known)
        return Act("flagged", {"flags": new}, [Image.flags.set([*(current.flags or ()), *new])]) if new else None

    flagged = write(record, by, add) if found else record
    lists = [each.about for each in found if each.kind is FlagKind.KNOWN_HASH]
    held = [name for name in lists if name.startswith(CHILD_SAFETY_LISTS)]
    return hold(flagged, because=", ".join(held)) if held else flagged


def report(record: Image, words: str, *, by: str) -> Image:
    """A person says that something is wrong with the image; once a person, and up to MAX_REPORTS in all.

    Their words lie in the record. Without an end to them, a crowd could fill it until no decision can be written.
    """
    reports = [found for found in flags_of(record) if found.kind is FlagKind.REPORT]
    if len(reports) >= MAX_REPORTS or any(found.by == by for found in reports):
        return record
    return flag(record, [Flag(FlagKind.REPORT, words, by=by)], by=by)


def inherit(record: Image, source: Image) -> Image:
    """Take over the verdict on the same bytes; a changed verdict of the source finds its heirs by `verdict_from`."""

    def take(current: Image, review: Review) -> Act | None:  # noqa: ARG001
        if current.verdict_from is not None:
            return None
        actions: list[Action] = [Image.verdict_from.set(source.verdict_from or source.image_id)]
        if source.flags:
            actions.append(Image.flags.set(source.flags))
        return Act("inherited", _verdict_of(source), actions)

    return write(record, audit.PIPELINE, take)


def follow(record: Image, source: Image) -> Image:
    """Bring an heir to what its source has become: decided, undone or overturned."""

    def take(current: Image, review: Review) -> Act | None:
        by_people = review.decision is not None and review.decision.by != audit.PIPELINE
        if by_people or source.review is None or current.review in {source.review, ReviewState.CHILD_SAFETY}:
            return None
        return Act("followed", _verdict_of(source))

    return write(record, audit.PIPELINE, take)


def _verdict_of(source: Image) -> dict[str, Any]:
    """What an heir's entry says of its source; with the decision, so that its owner can be told the reasons."""
    facts: dict[str, Any] = {"source": source.image_id, "review": source.review}
    decision = review_of(source).decision
    if decision is None:
        return facts
    return {**facts, **asdict(decision.verdict), "batch": "", "decided_by": decision.by}


def appeal(record: Image, words: str, *, by: str) -> Image:
    """The owner objects to a decision: once, within six months of it. What is held for child safety is no exception,
    or the answer would tell.
    """

    def object_to(current: Image, review: Review) -> Act:  # noqa: ARG001
        if review.appeal is not None:
            raise ConflictError("This decision has been appealed already; it can be appealed once.")
        if review.step is not None or review.state not in AGAINST:
            raise ConflictError("There is no decision against this image that could be appealed.")
        decided_at = review.decision.at if review.decision else review.opened_at
        if dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(decided_at) > dt.timedelta(days=APPEAL_DAYS):
            raise ConflictError("A decision can be appealed within six months; this one is older.")
        return Act("appealed", {"words": words})

    return write(record, by, object_to)


# What moderators do


def decide(record: Image, verdict: Verdict, *, by: str, second: bool = False) -> Image:
    """Close the review, or with `second` leave it to another person. Deciding the same twice is deciding it once."""

    def close(current: Image, review: Review) -> Act | None:
        _check_distance(current, by)
        given = review.sealed if review.step is Step.SECOND else review.decision
        if given and given.by == by and given.verdict == verdict:
            return None
        if review.step is None:
            raise AlreadyDecidedError(review.decision.by if review.decision else audit.PIPELINE)
        if review.step is Step.APPEALED:
            raise ConflictError("This case is an appeal now: uphold or overturn the decision.")
        if review.step is Step.SECOND and by in review.deciders:
            raise ConflictError("You gave the first review; somebody else gives the second.")
        first_of_two = {"awaits_second": True} if second and review.step is Step.FIRST else {}
        return Act("decided", {**asdict(verdict), **first_of_two})

    return write(record, by, close)


def escalate(record: Image, note: str, *, by: str, batch: str = "") -> Image:
    def raise_it(current: Image, review: Review) -> Act | None:
        _check_distance(current, by)
        if review.step is Step.ESCALATED:
            return None
        if review.step not in {Step.FIRST, Step.SECOND}:
            raise AlreadyDecidedError(review.decision.by if review.decision else audit.PIPELINE)
        return Act("escalated", {"note": note, "batch": batch})

    return write(record, by, raise_it)


def answer_appeal(record: Image, *, overturn: bool, reason: str, by: str, batch: str = "") -> Image:
    """Uphold or overturn; by somebody who had no part in the decision."""

    def answer(current: Image, review: Review) -> Act:
        _check_distance(current, by)
        if review.step is not Step.APPEALED:
            raise ConflictError("This appeal has been answered already.")
        if by in review.deciders:
            raise NotAllowedError("You took part in this decision; somebody else answers the appeal.")
        if overturn:
            return Act("overturned", asdict(Verdict(Outcome.ALLOW, reason=reason, batch=batch)))
        return Act("upheld", {"reason": reason, "batch": batch})

    return write(record, by, answer)


def undo(record: Image, *, batch: str, by: str) -> Image:
    """Take back one's own last act on the image, by an entry that says so; the one undone stays in the chain."""

    def take_back(current: Image, review: Review) -> Act | None:  # noqa: ARG001
        entries = audit.trail(current)
        gone = undone(entries)
        acts = [entry for entry in entries if entry.what in TAKEN_BACK | {"appealed", "held"}]
        mine = [entry for entry in acts if entry.by == by and entry.details.get("batch") == batch]
        if mine and mine[-1].hash in gone:
            return None
        standing = [entry for entry in acts if entry.hash not in gone]
        if not mine or standing[-1] != mine[-1]:
            raise ConflictError("This cannot be undone any more: something happened to the case since.")
        return Act("undone", {"of": mine[-1].hash, "batch": batch})

    return write(record, by, take_back)


def reopen(record: Image, *, reason: str, by: str) -> Image:
    def open_again(current: Image, review: Review) -> Act:
        _check_distance(current, by)
        if not review.is_decided or review.state is ReviewState.CHILD_SAFETY:
            raise ConflictError("Only a decided case can be opened again.")
        return Act("reopened", {"reason": reason})

    return write(record, by, open_again)


def hold(record: Image, *, because: str, by: str = audit.PIPELINE) -> Image:
    """Child safety: nobody sees the image any more, and nothing erases it."""

    def lock(current: Image, review: Review) -> Act | None:  # noqa: ARG001
        return None if review.state is ReviewState.CHILD_SAFETY else Act("held", {"because": because})

    return write(record, by, lock)


def file_report(record: Image, *, reference: str, by: str) -> Image:
    """The report to the authority was filed; the image stays held."""

    def note(current: Image, review: Review) -> Act:  # noqa: ARG001
        if review.state is not ReviewState.CHILD_SAFETY:
            raise ConflictError("Only an image that is held for child safety is reported.")
        return Act("filed", {"reference": reference})

    return write(record, by, note)


def release(record: Image, *, reason: str, by: str) -> Image:
    """It was held by mistake: back to review."""

    def unlock(current: Image, review: Review) -> Act:  # noqa: ARG001
        if review.state is not ReviewState.CHILD_SAFETY or review.is_reported:
            raise ConflictError("Only an image that is held, and was not reported, can be released.")
        return Act("reopened", {"reason": reason})

    return write(record, by, unlock)


def _check_distance(current: Image, by: str) -> None:
    if by == current.owner:
        raise NotAllowedError("This is your own upload; somebody else decides it.")
