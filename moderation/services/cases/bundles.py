"""Everything that the review page shows of a case, small enough to send five at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import Any

from django.db.models import Count, Q

from media_pipeline.aws.rekognition import ModerationLabel
from media_pipeline.record import faces, labels
from media_pipeline.record.models import BLURRED, Image, ReviewState
from media_pipeline.review import acts, audit, verdicts
from media_pipeline.review.audit import Entry
from media_pipeline.review.verdicts import Review, Step
from media_pipeline.storage import signing
from media_pipeline.storage.signing import Purpose
from moderation.models import ReviewCase, User
from moderation.models.cases import SLA_MINUTES
from moderation.roles import Moderator
from moderation.services.cases import saved_views, severity

MAX_COPIES = 24
WORDS = {
    "flagged": "Flagged",
    "inherited": "Took over the verdict on the same file",
    "followed": "Followed the verdict on the same file",
    "decided": "Decided",
    "escalated": "Escalated",
    "appealed": "Appealed",
    "upheld": "Upheld",
    "overturned": "Overturned",
    "reopened": "Opened again",
    "undone": "Undone",
}
OUTCOMES = {"allow": "Allowed", "restrict": "Restricted", "remove": "Removed"}


def bundles(viewer: Moderator, cases: Sequence[ReviewCase]) -> list[dict[str, Any]]:
    """One for each case whose image is still there; one read of DynamoDB for all."""
    copies = _copies(cases)
    ids = [case.pk for case in cases] + [copy.pk for members in copies.values() for copy in members]
    records = {record.image_id: record for record in Image.load_many(list(dict.fromkeys(ids)))}
    owners = _owners(cases)
    shown = [case for case in cases if case.pk in records and records[case.pk].review != ReviewState.CHILD_SAFETY]
    return [
        _bundle(viewer, case, records, [copy for copy in copies[case.group] if copy.pk != case.pk], owners)
        for case in shown
    ]


def _copies(cases: Iterable[ReviewCase]) -> dict[str, list[ReviewCase]]:
    members: dict[str, list[ReviewCase]] = defaultdict(list)
    for case in saved_views.waiting().filter(group__in={case.group for case in cases}).order_by("flagged_at"):
        if len(members[case.group]) <= MAX_COPIES:
            members[case.group].append(case)
    return members


def _owners(cases: Iterable[ReviewCase]) -> dict[str, list[str]]:
    """Name and what is known of each owner, from earlier cases."""
    ids = {case.owner for case in cases}
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "username"))
    earlier = (
        ReviewCase.objects.filter(owner__in=ids)
        .values_list("owner")
        .annotate(cases=Count("pk"), removed=Count("pk", filter=Q(verdict=ReviewCase.Verdict.REMOVE)))
    )
    known = {owner: (cases_, removed) for owner, cases_, removed in earlier.order_by()}
    return {owner: [names.get(owner, owner), *_history_of(*known.get(owner, (0, 0)))] for owner in ids}


def _history_of(cases: int, removed: int) -> list[str]:
    reviewed = "First case" if cases <= 1 else f"{cases} cases so far"
    return [reviewed, f"{removed} removed" if removed else "nothing removed"]


def _bundle(
    viewer: Moderator,
    case: ReviewCase,
    records: dict[str, Image],
    copies: list[ReviewCase],
    owners: dict[str, list[str]],
) -> dict[str, Any]:
    record = records[case.pk]
    review = verdicts.review_of(record)
    flagged = {flag.about for flag in acts.flags_of(record) if flag.kind is acts.FlagKind.LABEL}
    suggested = severity.policies_against(labels.moderating(record), flagged)
    return {
        "id": case.pk,
        "blur": blurred_url(viewer, record),
        "w": record.width or 640,
        "h": record.height or 480,
        "title": case.headline,
        "why": _why(case, record),
        "labels": tree(record),
        "boxes": [astuple(face.box) for face in faces.read(record.faces)],
        "suggested": suggested[0].number if suggested else 0,
        "severity": case.severity,
        "step": review.step.value if review.step else "",
        "due": case.seconds_left,
        "sla": SLA_MINUTES[case.severity] * 60,
        "owner": owners[case.owner],
        "copies": [
            {"id": copy.pk, "blur": blurred_url(viewer, records[copy.pk])} for copy in copies if copy.pk in records
        ],
        "history": _history(record, review),
        "appeal": _appeal(review),
    }


def blurred_url(viewer: Moderator, record: Image) -> str:
    return signing.sign(record, viewer.reader, Purpose.VIEW, BLURRED) or ""


def tree(record: Image) -> list[list[Any]]:
    """[name, score, threshold, level] in the order of the taxonomy, each branch by its strongest label."""
    found = labels.moderating(record)
    thresholds = (record.moderation or {}).get("thresholds", {})
    children: dict[str, list[ModerationLabel]] = defaultdict(list)
    names = {label.name for label in found}
    for label in found:
        children[label.parent if label.parent in names else ""].append(label)
    rows: list[list[Any]] = []

    def walk(parent: str, level: int) -> None:
        for label in sorted(children[parent], key=lambda label: -label.confidence):
            rows.append([label.name, label.confidence, thresholds.get(label.name, 0), level])
            walk(label.name, level + 1)

    walk("", 0)
    return rows


def _why(case: ReviewCase, record: Image) -> str:
    match case.source:
        case ReviewCase.Source.LABEL:
            return f"Above the threshold of {case.threshold:g} for {case.label}."
        case ReviewCase.Source.KNOWN_HASH:
            return "Its file is in a list of known images."
        case ReviewCase.Source.NEAR_DUPLICATE:
            return "Looks like an image that waits for a decision or was removed."
        case ReviewCase.Source.REPORT:
            words = [flag.about for flag in acts.flags_of(record) if flag.kind is acts.FlagKind.REPORT]
            return f"“{words[-1][:200]}”" if words else "Reported."
        case ReviewCase.Source.NOT_JUDGEABLE:
            return "Recognition could not look at it."
        case _:
            return "No label reached its threshold. Drawn at random."


def _history(record: Image, review: Review) -> list[list[str]]:
    """Who did what, oldest first. A second reviewer does not learn of the first verdict, nor anybody who decided."""
    entries = audit.trail(record)
    if review.step is Step.SECOND:
        entries = [entry for entry in entries if entry.what not in {"decided", "undone"}]
    return [["", "Uploaded"], *([entry.at, _line(entry)] for entry in entries if entry.what in WORDS)][-8:]


def _line(entry: Entry) -> str:
    if entry.what == "decided":
        outcome = OUTCOMES[entry.details["outcome"]]
        return f"{outcome} under {entry.details['policy']}" if entry.details["policy"] else outcome
    if entry.what == "flagged":
        flags = acts.flags_from(entry.details["flags"])
        return f"Flagged: {', '.join(_flag(flag) for flag in flags[:3])}"
    if entry.what == "escalated":
        return f"Escalated: {entry.details['note'][:200]}"
    return WORDS[entry.what]


def _flag(flag: acts.Flag) -> str:
    if flag.kind is acts.FlagKind.LABEL and flag.confidence is not None:
        return f"{flag.about} {flag.confidence:.1f}"
    return ReviewCase.Source(flag.kind.value).label.lower()


def _appeal(review: Review) -> dict[str, str] | None:
    """The owner's words beside the decision they object to; not whose decision it was."""
    if review.step is not Step.APPEALED or review.appeal is None:
        return None
    verdict = review.decision.verdict if review.decision else None
    return {
        "words": review.appeal.details["words"],
        "decision": OUTCOMES[verdict.outcome.value] if verdict else "Removed",
        "policy": verdict.policy if verdict else "",
        "reason": verdict.reason if verdict else "",
    }


def tile_url(viewer: Moderator, case: ReviewCase) -> str:
    """As `blurred_url`, without a read of DynamoDB: what a case says of its image is all that the signer asks."""
    return signing.sign(Image(case.pk, owner=case.owner), viewer.reader, Purpose.VIEW, BLURRED) or ""
