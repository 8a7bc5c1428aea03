"""Forgetting an image, or an account with all of its library."""

from __future__ import annotations

from django.contrib.sessions.models import Session

from media_pipeline.access import api_keys
from media_pipeline.access.readers import Reader
from media_pipeline.albums import albums, links
from media_pipeline.faces import tags, vectors
from media_pipeline.images import erasure as erasing
from media_pipeline.intake import tombstones
from media_pipeline.record import faces
from media_pipeline.record.models import Image, ReviewState
from media_pipeline.search import terms
from media_pipeline.storage import buckets, cdn
from moderation.models import (
    AuditLine,
    ConsentEntry,
    Erasure,
    Face,
    FaceAct,
    Person,
    PipelineRun,
    ReviewCase,
    Score,
    Statement,
    User,
    WebhookDelivery,
)
from moderation.services.people import projection as face_projection
from moderation.services.privacy import faces as face_erasure
from moderation.services.privacy.steps import Step, count, is_late

HELD = "images held as evidence"  # 18 U.S.C. 2258A(h): a year from the report; kept, and said so


def plan(kind: str, subject: str) -> dict[str, int]:
    if kind == Erasure.Kind.IMAGE:
        return _plan_of(Image.load(subject))
    ids = list(tags.image_ids(subject, terms.ALL))
    rows = Face.objects.filter(library=subject)
    return {
        "accounts": User.objects.filter(pk=subject).count(),
        "images": len(ids),
        "vectors": rows.exclude(vector="").count(),
        "people": Person.objects.filter(library=subject).count(),
        "cases": ReviewCase.objects.filter(owner=subject).count(),
        "statements": Statement.objects.filter(owner=subject).count(),
    }


def _plan_of(record: Image | None) -> dict[str, int]:
    if record is None:
        return {"images": 0}
    if record.review == ReviewState.CHILD_SAFETY:
        return {HELD: 1}
    return {
        "images": 1,
        "renditions": len(record.rendition_list),
        "vectors": sum(bool(face.vector) for face in faces.read(record.faces)),
        "terms": len(terms.all_terms(record)),
        "cases": ReviewCase.objects.filter(pk=record.image_id).count(),
        "statements": Statement.objects.filter(image_id=record.image_id).count(),
        "audit entries": AuditLine.objects.filter(image_id=record.image_id).count(),
    }


# An image


def _erase_stores(erasure: Erasure, deadline: float) -> bool:  # noqa: ARG001
    return _erase(erasure, erasure.subject)


def _erase(erasure: Erasure, image_id: str) -> bool:
    """Everything but SQL; the record, by which an interrupted step finds what is left, goes last."""
    record = Image.load(image_id)
    if record is None:
        return True
    if record.review == ReviewState.CHILD_SAFETY:
        count(erasure, HELD, 1)
        return True
    tombstones.bury(image_id)
    cdn.invalidate(record)
    count(erasure, "vectors", vectors.remove(record))
    count(erasure, "renditions", len(record.rendition_list))
    count(erasure, "versions", len(buckets.original_versions(record.object_key)))
    erasing.erase(record)
    count(erasure, "images", 1)
    return True


def _delete_rows(erasure: Erasure, deadline: float) -> bool:  # noqa: ARG001
    _forget_rows(erasure, erasure.subject)
    return True


def _forget_rows(erasure: Erasure, image_id: str) -> None:
    if Image.load(image_id) is not None:
        return  # held
    for what, number in delete_rows(image_id).items():
        count(erasure, what, number)
    face_erasure.delete_acts_about(erasure, image_id)


def delete_rows(image_id: str) -> dict[str, int]:
    """The rows about an image, and what its audit says of it: with people's words in it, and nothing to stand for."""
    face_projection.remove_faces(image_id)
    for model in (Score, PipelineRun):
        model.objects.filter(pk=image_id).delete()
    WebhookDelivery.objects.filter(image_id=image_id).delete()
    return {
        "cases": ReviewCase.objects.filter(pk=image_id).delete()[0],
        "statements": Statement.objects.filter(image_id=image_id).delete()[0],
        "audit entries": AuditLine.objects.filter(image_id=image_id).delete()[0],
    }


def after_removal(image_id: str) -> None:
    """The record's last event: what earlier ones, read late, brought back of an image that is forgotten goes now."""
    if tombstones.is_buried(image_id):
        delete_rows(image_id)


IMAGE: tuple[Step, ...] = (("stores", _erase_stores), ("rows", _delete_rows))


# An account


def _sign_out(erasure: Erasure, deadline: float) -> bool:  # noqa: ARG001
    User.objects.filter(pk=erasure.subject).update(is_active=False)
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == erasure.subject:
            session.delete()
            count(erasure, "sessions", 1)
    return True


def _erase_images(erasure: Erasure, deadline: float) -> bool:
    """Rows before stores would lose the way to an image; so each image is done with before the next one is begun."""
    for image_id in tags.image_ids(erasure.subject, terms.ALL, after=erasure.details.get("cursor", "")):
        _erase(erasure, image_id)
        _forget_rows(erasure, image_id)
        erasure.details["cursor"] = image_id
        if is_late(deadline):
            return False
    return True


def _erase_belongings(erasure: Erasure, deadline: float) -> bool:  # noqa: ARG001
    """What the account made beside images: links to them, albums and API keys."""
    owner = Reader(erasure.subject)
    count(erasure, "links", links.delete_library(owner.id))
    count(erasure, "albums", albums.delete_library(owner.id))
    count(erasure, "API keys", api_keys.delete_all_of(owner.id))
    return True


def _delete_account_rows(erasure: Erasure, deadline: float) -> bool:  # noqa: ARG001
    library = erasure.subject
    Face.objects.filter(library=library).delete()
    count(erasure, "people", Person.objects.filter(library=library).count())
    Person.objects.filter(library=library).delete()
    FaceAct.objects.filter(library=library).delete()
    ConsentEntry.objects.filter(library=library).delete()
    Erasure.objects.filter(library=library).exclude(pk=erasure.pk).update(library="", asked_by="")
    Erasure.objects.filter(asked_by=library).update(asked_by="")
    count(erasure, "cases", ReviewCase.objects.filter(owner=library).delete()[0])
    count(erasure, "statements", Statement.objects.filter(owner=library).delete()[0])
    return True


def _delete_account(erasure: Erasure, deadline: float) -> bool:  # noqa: ARG001
    count(erasure, "accounts", User.objects.filter(pk=erasure.subject).count())
    User.objects.filter(pk=erasure.subject).delete()
    return True


ACCOUNT: tuple[Step, ...] = (
    ("sign out", _sign_out),
    ("collections", face_erasure.delete_collections),
    ("belongings", _erase_belongings),
    ("images", _erase_images),
    ("rows", _delete_account_rows),
    ("account", _delete_account),
)
