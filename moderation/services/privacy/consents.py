"""The consent of a library to recognise people: given and revoked by its owner, kept in DynamoDB, audited here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from media_pipeline.access.readers import Reader
from media_pipeline.aws import task_queue
from media_pipeline.errors import NotFoundError
from media_pipeline.faces import consents
from moderation.models import ConsentEntry
from moderation.roles import May, Moderator
from moderation.services.people.access import Actor
from moderation.services.privacy import jobs

TEXT, VERSION = consents.TEXT, consents.VERSION


@dataclass(frozen=True, slots=True)
class ConsentState:
    """`given_at` is None while there is no consent; `history` has what was given and revoked, newest first, and is
    read when somebody looks at it.
    """

    library: str
    given_at: dt.datetime | None
    version: str
    history: QuerySet[ConsentEntry]

    @property
    def is_given(self) -> bool:
        return self.given_at is not None


def state(actor: Actor, library: str) -> ConsentState:
    """For the owner, and for privacy officers."""
    if isinstance(actor, Moderator):
        actor.require(May.ERASE_BIOMETRICS, May.TAG_FACE)
    elif not actor.owns(library):
        raise NotFoundError("There is no library with this id.")
    consent = consents.as_of_now(library)
    given_at = dt.datetime.fromisoformat(consent.given_at) if consent else None
    history = ConsentEntry.objects.filter(library=library)[:50]
    return ConsentState(library, given_at, consent.version if consent else "", history)


def give(reader: Reader, library: str) -> ConsentState:
    """The owner agrees to TEXT; what is in the library already is measured from now on. Again changes nothing."""
    _require_owner(reader, library)
    known = consents.as_of_now(library)
    if known is None:
        known = consents.give(library, by=reader.id)
        _write(library, known.by, known.given_at, known.collection, is_given=True)
        task_queue.send("index_library", {"library": library})
        # Once more for images that arrived while other functions did not know of the consent yet.
        task_queue.send("index_library", {"library": library}, delay_seconds=2 * consents.CACHE_SECONDS)
    return state(reader, library)


def revoke(actor: Actor, library: str) -> ConsentState:
    """In force at once: nothing more is measured, and what was is erased by a job (forgetting)."""
    if isinstance(actor, Moderator):
        actor.require(May.ERASE_BIOMETRICS)
    else:
        _require_owner(actor, library)
    known = consents.as_of_now(library)
    consents.revoke(library)
    if known is not None:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        _write(library, actor.id, now, known.collection, is_given=False)
    jobs.forget_library(actor, library)
    return state(actor, library)


def _require_owner(reader: Reader, library: str) -> None:
    if not reader.owns(library):
        raise NotFoundError("There is no library with this id.")


def _write(library: str, by: str, at: str, collection: str, *, is_given: bool) -> None:
    ConsentEntry.objects.create(
        library=library,
        by=by,
        at=dt.datetime.fromisoformat(at),
        is_given=is_given,
        version=VERSION,
        collection=collection,
    )
