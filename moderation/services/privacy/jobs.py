"""Forgetting on demand: a person, a library's faces, an image, an account; in steps that can be interrupted anywhere.

Each step looks for what is left and removes it, so that repeating one finishes it. A job that died is taken up again
by `tidy`. When all is done the row stays as a tombstone: a keyed hash in place of the subject, and what was removed.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from media_pipeline.access import access_tokens
from media_pipeline.access.keyed_hash import keyed_hash
from media_pipeline.access.readers import Reader
from media_pipeline.aws import task_queue
from media_pipeline.errors import ConflictError, NotFoundError
from media_pipeline.faces import consents
from media_pipeline.record.models import IMAGE_ID, Image
from media_pipeline.telemetry import logger
from moderation.models import Erasure, Person, User
from moderation.roles import May, Moderator
from moderation.services.people import access as face_access
from moderation.services.people.access import Actor
from moderation.services.privacy import faces as face_erasure
from moderation.services.privacy import images as image_erasure
from moderation.services.privacy.steps import Step

Kind = Erasure.Kind
STEPS: Mapping[str, tuple[Step, ...]] = {
    Kind.PERSON: face_erasure.PERSON,
    Kind.CONSENT: face_erasure.LIBRARY,
    Kind.IMAGE: image_erasure.IMAGE,
    Kind.ACCOUNT: image_erasure.ACCOUNT,
}
AT_ONCE = 60  # seconds of one task
LEFT_ALONE = dt.timedelta(minutes=10)  # a job that nobody worked at for so long has lost its task
COMMAND = "command"  # who asked, when it was manage.py


def forget_person(actor: Actor, person_id: str) -> Erasure:
    """Erase a person's vectors, name and faces' tags; their faces' boxes stay, as those of a bystander."""
    _may(actor, _person(actor, person_id).library, "person")
    return start(Kind.PERSON, _person(actor, person_id).pk, by=actor.id)


def forget_library(actor: Actor, library: str) -> Erasure:
    """Erase all vectors and people of a library, whose consent is revoked with it."""
    _may(actor, library, "library")
    return start(Kind.CONSENT, library, by=actor.id)


def forget_image(actor: Actor, image_id: str) -> Erasure:
    """Erase an image from every store."""
    record = Image.load(image_id) if IMAGE_ID.fullmatch(image_id) else None
    if record is None:
        raise NotFoundError("There is no image with this id.")
    _may(actor, record.owner, "image")
    return start(Kind.IMAGE, image_id, by=actor.id)


def forget_account(actor: Actor, account_id: str) -> Erasure:
    """Erase an account with its library. It can do nothing any more from now on."""
    _may(actor, account_id, "account")
    return start(Kind.ACCOUNT, account_id, by=actor.id)


def _person(actor: Actor, person_id: str) -> Person:
    """Privacy officers need not be allowed to tag faces."""
    if isinstance(actor, Reader):
        return face_access.person(actor, person_id)
    found = Person.objects.filter(pk=person_id).select_related("merged_into").first()
    if found is None:
        raise NotFoundError("There is no person with this id.")
    return found.merged_into or found


def _may(actor: Actor, library: str, what: str) -> None:
    if isinstance(actor, Moderator):
        actor.require(May.ERASE_BIOMETRICS)
    elif not actor.owns(library):
        raise NotFoundError(f"There is no {what} with this id.")


def jobs(actor: Moderator, *, size: int = 50) -> list[Erasure]:
    """The latest jobs, for privacy officers."""
    actor.require(May.ERASE_BIOMETRICS)
    return list(Erasure.objects.all()[:size])


def job(actor: Actor, erasure_id: int) -> Erasure:
    """One job, for who asked for it and for privacy officers."""
    found = Erasure.objects.filter(pk=erasure_id).first()
    is_officer = isinstance(actor, Moderator) and actor.may(May.ERASE_BIOMETRICS)
    if found is None or not (is_officer or found.asked_by == actor.id):
        raise NotFoundError("There is no such job.")
    return found


def progress(erasure: Erasure) -> tuple[int, int]:
    """How many steps are done, and of how many."""
    return len(erasure.steps_done), len(STEPS[erasure.kind])


def plan(kind: str, subject: str) -> dict[str, int]:
    """The dry run: how much of what `start` would remove, as of now."""
    counts = face_erasure.plan if kind in {Kind.PERSON, Kind.CONSENT} else image_erasure.plan
    return counts(kind, subject)


def plan_for(actor: Actor, kind: str, subject: str) -> dict[str, int]:
    """The same, for who may have it done."""
    if kind == Kind.PERSON:
        _may(actor, _person(actor, subject).library, "person")
    elif kind == Kind.IMAGE:
        record = Image.load(subject) if IMAGE_ID.fullmatch(subject) else None
        if record is None:
            raise NotFoundError("There is no image with this id.")
        _may(actor, record.owner, "image")
    else:
        _may(actor, subject, kind)
    return plan(kind, subject)


def start(kind: str, subject: str, *, by: str, send: bool = True) -> Erasure:
    """Make the job, close what must not go on, and send its task. While one is under way, asking again finds it."""
    under_way = Erasure.objects.filter(kind=kind, subject=subject, finished_at=None).first()
    if under_way is not None:
        return under_way
    library = {Kind.PERSON: _library_of_person, Kind.IMAGE: _library_of_image}.get(Kind(kind), str)(subject)
    consent = consents.as_of_now(library)
    if kind in {Kind.CONSENT, Kind.ACCOUNT}:
        consents.revoke(library)
        Person.objects.filter(library=library).update(is_leaving=True)
    if kind == Kind.PERSON:
        Person.objects.filter(pk=subject).update(is_leaving=True)
    if kind == Kind.ACCOUNT:
        User.objects.filter(pk=subject).update(is_active=False)
        access_tokens.end(subject)
    erasure = Erasure.objects.create(
        kind=kind,
        subject=subject,
        subject_hash=keyed_hash(subject),
        library=library,
        details={"collections": [consent.collection] if consent else []},
        asked_by=by,
    )
    if send:
        task_queue.send("forget", {"erasure": erasure.pk})
    return erasure


def _library_of_person(person_id: str) -> str:
    return Person.objects.get(pk=person_id).library


def _library_of_image(image_id: str) -> str:
    record = Image.load(image_id)
    return record.library if record else ""


def go_on(erasure: Erasure, *, seconds: float = AT_ONCE) -> bool:
    """Work at the job for so long; whether it is finished."""
    deadline = time.monotonic() + seconds
    for name, step in STEPS[erasure.kind]:
        if name in erasure.steps_done:
            continue
        is_done = step(erasure, deadline)
        if is_done:
            erasure.steps_done = [*erasure.steps_done, name]
        erasure.save()
        if not is_done:
            return False
    if erasure.finished_at is None:
        erasure.subject, erasure.library, erasure.details = "", "", {}
        erasure.finished_at = timezone.now()
        erasure.save()
        logger.info("forgotten", kind=erasure.kind, subject=erasure.subject_hash, removed=erasure.removed)
    return True


def go_on_task(task: dict[str, Any]) -> None:
    erasure = Erasure.objects.filter(pk=task["erasure"], finished_at=None).first()
    if erasure is not None and not go_on(erasure):
        task_queue.send("forget", {"erasure": erasure.pk})


def resume_lost() -> int:
    """Send the task again of every job that lost it; how many."""
    lost = Erasure.objects.filter(finished_at=None, worked_at__lt=timezone.now() - LEFT_ALONE)
    for erasure in lost:
        task_queue.send("forget", {"erasure": erasure.pk})
        erasure.save(update_fields=["worked_at"])
    return len(lost)


def run(kind: str, subject: str, *, by: str = COMMAND) -> Erasure:
    """Do all of it at once, as the command does; ConflictError when it does not come to an end."""
    erasure = start(kind, subject, by=by, send=False)
    for _ in range(10_000):
        if go_on(erasure):
            return erasure
    raise ConflictError("It does not come to an end: others are making more of it at the same time.")
