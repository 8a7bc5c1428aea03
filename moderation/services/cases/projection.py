"""From an image's record to what SQL holds of it: the case, the audit lines, the scores, the statements.

Inserting or overtaking by the record's revision makes duplicates and disorder harmless: a stale record changes nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from media_pipeline.record.models import Image, ReviewState
from media_pipeline.review import acts, audit, verdicts
from media_pipeline.search import likeness
from moderation.models import AuditLine, ChildSafetyCase, ReviewCase, Score
from moderation.models.cases import due, marked
from moderation.services.cases import severity, statements
from moderation.services.webhooks import events as webhook_events

STATES = {
    verdicts.Step.FIRST: ReviewCase.State.OPEN,
    verdicts.Step.SECOND: ReviewCase.State.SECOND,
    verdicts.Step.ESCALATED: ReviewCase.State.ESCALATED,
    verdicts.Step.APPEALED: ReviewCase.State.APPEALED,
}


def project(record: Image, *, instead_of: int | None = None) -> None:
    """Bring SQL up to `record`. `instead_of` names the case's revision to replace even if it is a later one:
    what a table that was restored from a backup calls for.
    """
    review = verdicts.review_of(record)
    if review.state is ReviewState.CHILD_SAFETY:
        _hide(record, review)
        return
    held = ChildSafetyCase.objects.filter(pk=record.image_id)
    if held.filter(revision__gte=record.revision).exists():
        return
    with transaction.atomic():
        held.delete()
        _score(record, review)
        if review.state is not None:
            _case(record, review, instead_of)
            _audit_lines(record)
            statements.plan(record, review)


def mark_gone(image_id: str) -> None:
    """The image was erased: its case waits for nobody any more. What was done about it stays in the audit."""
    ReviewCase.objects.filter(pk=image_id).update(
        is_gone=True, state=ReviewCase.State.DECIDED, leased_by=None, leased_until=None
    )
    Score.objects.filter(pk=image_id).delete()
    webhook_events.withdraw(image_id)


def _case(record: Image, review: verdicts.Review, instead_of: int | None) -> None:
    values = _values(record, review)
    if instead_of is not None:
        ReviewCase.objects.filter(pk=record.image_id, revision=instead_of).update(**values)
        return
    older = ReviewCase.objects.filter(pk=record.image_id, revision__lt=record.revision)
    if older.update(**values):
        return
    if not ReviewCase.objects.filter(pk=record.image_id).exists():
        case = ReviewCase(image_id=record.image_id, group=_group(record), **values)
        ReviewCase.objects.bulk_create([case], ignore_conflicts=True)
        older.update(**values)  # somebody else's insert of an older revision may have come in between


def _values(record: Image, review: verdicts.Review) -> dict[str, Any]:
    weighed = severity.weigh(record)
    opened_at = dt.datetime.fromisoformat(review.opened_at)
    values: dict[str, Any] = {
        "revision": record.revision,
        "owner": record.owner,
        "filename": record.filename,
        "sha256": record.sha256 or "",
        "width": record.width or 0,
        "height": record.height or 0,
        "is_gone": bool(record.deleted_at),
        "source": weighed.source,
        "label": weighed.label,
        "confidence": weighed.confidence,
        "threshold": weighed.threshold,
        "severity": weighed.severity,
        "reports": weighed.reports,
        "state": STATES[review.step] if review.step else ReviewCase.State.DECIDED,
        "flagged_at": opened_at,
        "due_at": due(opened_at, weighed.severity),
        "deciders": marked(sorted(review.deciders)),
        "verdict": "",
        "policy": "",
        "decided_by": "",
        "decided_at": None,
    }
    if review.decision:
        values |= {
            "verdict": review.decision.verdict.outcome.value,
            "policy": review.decision.verdict.policy,
            "decided_by": review.decision.by,
            "decided_at": dt.datetime.fromisoformat(review.decision.at),
        }
    if review.step is None:
        values |= {"leased_by": None, "leased_until": None}
    return values


def _group(record: Image) -> str:
    """The group of a waiting case that shows nearly the same, or one of its own."""
    near = {record.verdict_from} if record.verdict_from else set()
    if record.phash:
        near |= {like.record.image_id for like in likeness.find(record.phash, besides=record.image_id).images}
    waiting = ReviewCase.objects.filter(pk__in=near - {None}, state__in=ReviewCase.WAITING)
    return waiting.order_by("flagged_at").values_list("group", flat=True).first() or record.image_id


def _audit_lines(record: Image) -> None:
    AuditLine.objects.bulk_create(
        [
            AuditLine(
                image_id=record.image_id,
                position=position,
                at=dt.datetime.fromisoformat(entry.at),
                by=entry.by,
                what=entry.what,
                details=entry.details,
                hash=entry.hash,
            )
            for position, entry in enumerate(audit.trail(record))
        ],
        ignore_conflicts=True,
    )


def _score(record: Image, review: verdicts.Review) -> None:
    labels = (record.moderation or {}).get("labels")
    if not labels:
        return
    by_people = review.decision is not None and review.decision.by != audit.PIPELINE
    values = {
        "labels": labels,
        "is_sample": any(flag.kind is acts.FlagKind.SAMPLE for flag in acts.flags_of(record)),
        "verdict": review.decision.verdict.outcome.value if review.decision and by_people else "",
    }
    Score.objects.update_or_create(
        pk=record.image_id, defaults=values, create_defaults={**values, "at": record.created_at}
    )


def _hide(record: Image, review: verdicts.Review) -> None:
    """Out of every table that others can look into; what happened is in the record's own chain."""
    with transaction.atomic():
        for model in (ReviewCase, Score):
            model.objects.filter(pk=record.image_id).delete()
        AuditLine.objects.filter(image_id=record.image_id).delete()
        statements.withdraw(record.image_id)
        webhook_events.withdraw(record.image_id)
        filed = [entry for entry in audit.trail(record) if entry.what == "filed"]
        values = {
            "revision": record.revision,
            "held_at": dt.datetime.fromisoformat(review.opened_at),
            "reported_at": dt.datetime.fromisoformat(filed[-1].at) if filed else None,
            "reference": filed[-1].details["reference"] if filed else "",
        }
        ChildSafetyCase.objects.update_or_create(pk=record.image_id, defaults=values)
