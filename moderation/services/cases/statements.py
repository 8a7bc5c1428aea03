"""What the owner is told of a decision: a statement of reasons, sent a minute later so that an undo leaves no trace.

https://eur-lex.europa.eu/eli/reg/2022/2065/oj (Digital Services Act), article 17(3).
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import QuerySet
from django.utils import timezone

from media_pipeline.access.readers import Reader
from media_pipeline.record.models import Image
from media_pipeline.review import acts, audit, verdicts
from moderation.models import ContentPolicy, Statement, User

logger = logging.getLogger(__name__)

VISIBILITY = {
    verdicts.Outcome.REMOVE: "The image is not shown to anybody any more.",
    verdicts.Outcome.RESTRICT: "The image is shown only to people who confirm that they are adults.",
}
MAX_BATCH = 500


def plan(record: Image, review: verdicts.Review) -> None:
    """Plan the statement that the standing decision calls for, and take back those of decisions that do not stand."""
    decision = review.decision
    standing = decision.entry if decision and decision.verdict.outcome in VISIBILITY else ""
    Statement.objects.filter(image_id=record.image_id, kind=Statement.Kind.REASONS, sent_at__isnull=True).exclude(
        entry=standing
    ).delete()
    sent = Statement.objects.filter(image_id=record.image_id, kind=Statement.Kind.REASONS, sent_at__isnull=False)
    for statement in sent.exclude(entry=standing):
        Statement.objects.get_or_create(
            entry=statement.entry,
            kind=Statement.Kind.RETRACTION,
            defaults={
                "image_id": record.image_id,
                "owner": record.owner,
                "body": {"filename": record.filename, "retracted": statement.entry},
                "due_at": timezone.now() + Statement.DELAY,
            },
        )
    if standing and decision:
        Statement.objects.get_or_create(
            entry=standing,
            kind=Statement.Kind.REASONS,
            defaults={
                "image_id": record.image_id,
                "owner": record.owner,
                "body": reasons(record, review, decision),
                "due_at": dt.datetime.fromisoformat(decision.at) + Statement.DELAY,
            },
        )


def sent_to(reader: Reader, image_id: str) -> QuerySet[Statement]:
    """What the owner of an image was told, newest first; nothing for everybody else."""
    return Statement.objects.filter(image_id=image_id, owner=reader.id, sent_at__isnull=False)


def withdraw(image_id: str) -> None:
    """Tell nothing, and keep nothing that tells: nobody may be warned that an image is held."""
    Statement.objects.filter(image_id=image_id).delete()


def reasons(record: Image, review: verdicts.Review, decision: verdicts.Decision) -> dict[str, Any]:
    """All that article 17(3) asks for, under the names of the Commission's transparency database where it has one."""
    policy = ContentPolicy.objects.filter(code=decision.verdict.policy).first()
    flags = acts.flags_of(record)
    kinds = {flag.kind for flag in flags}
    return {
        "puid": decision.entry,
        "filename": record.filename,
        "decision_visibility": decision.verdict.outcome.value,
        "effect": VISIBILITY[decision.verdict.outcome],
        "territorial_scope": "everywhere",
        "duration": "until a successful appeal",
        "decision_ground": policy.get_ground_display() if policy else "Against the terms of service",
        "reference": policy.reference if policy else "",
        "category": policy.title if policy else decision.verdict.policy,
        "policy": decision.verdict.policy,
        "policy_version": decision.verdict.policy_version,
        "explanation": decision.verdict.reason or (policy.text if policy else ""),
        "facts": [facts for facts in map(_in_words, flags) if facts],
        "content_type": "image",
        "source_type": "notice" if acts.FlagKind.REPORT in kinds else "own initiative",
        "automated_detection": bool(kinds - {acts.FlagKind.REPORT}),
        "automated_decision": decision.by == audit.PIPELINE,
        "model": (record.moderation or {}).get("model", ""),
        "content_date": record.created_at.isoformat(),
        "application_date": decision.at,
        "redress": "You can appeal once within six months; somebody else then decides. You can also go to an "
        "out-of-court dispute settlement body or to a court.",
        "appealed": review.appeal is not None,
    }


def _in_words(flag: acts.Flag) -> str:
    """What was found; never who reported it."""
    match flag.kind:
        case acts.FlagKind.LABEL:
            return f"{flag.about}, {flag.confidence:.1f} %"
        case acts.FlagKind.REPORT:
            return "Reported by a person"
        case acts.FlagKind.KNOWN_HASH:
            return "Matches a list of known images"
        case acts.FlagKind.NEAR_DUPLICATE:
            return "Looks like an image that was reviewed before"
        case _:
            return ""


def send_due() -> int:
    """Send what waited long enough; how many were sent."""
    sent = 0
    waiting = Statement.objects.filter(sent_at__isnull=True, due_at__lte=timezone.now()).order_by("due_at")
    for statement in waiting[:MAX_BATCH]:
        # Marked first: a crash in between loses a letter that the owner can still read on the image's page; the other
        # way round it would write to them again and again.
        if waiting.filter(pk=statement.pk).update(sent_at=timezone.now()):
            sent += _send(statement)
    return sent


def _send(statement: Statement) -> int:
    owner = User.objects.filter(pk=statement.owner, is_active=True).exclude(email="").first()
    if owner is None:
        return 0
    try:
        return send_mail(*letter(statement), settings.DEFAULT_FROM_EMAIL, [owner.email])
    except OSError:
        logger.exception("a statement could not be sent")
        Statement.objects.filter(pk=statement.pk).update(sent_at=None)
        return 0


def letter(statement: Statement) -> tuple[str, str]:
    """Subject and text."""
    body = statement.body
    if statement.kind == Statement.Kind.RETRACTION:
        return (
            f"Our decision on {body['filename']} no longer stands",
            f"We have taken back our decision on {body['filename']}.\n\nIgnore our earlier message about it.\n",
        )
    facts = "".join(f"\n  - {fact}" for fact in body["facts"])
    ground = ", ".join(filter(None, [body["decision_ground"], body["category"], body["reference"]]))
    text = (
        f"{body['effect']}\n\n"
        f"Ground: {ground}\n"
        f"Why: {body['explanation']}\n"
        f"What we relied on:{facts or ' a review by a person'}\n"
        f"Found automatically: {'yes' if body['automated_detection'] else 'no'}. "
        f"Decided automatically: {'yes' if body['automated_decision'] else 'no'}.\n"
        f"Where and how long: {body['territorial_scope']}, {body['duration']}.\n\n{body['redress']}\n"
    )
    return f"Our decision on {body['filename']}", text
