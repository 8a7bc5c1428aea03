"""The trash: entered before the record says so and left after it, so that no deletion is lost on the way."""

from __future__ import annotations

import datetime as dt

from media_pipeline.aws import task_queue
from media_pipeline.errors import ConflictError, TemporaryError
from media_pipeline.record.models import PURGED, Image
from media_pipeline.search import terms
from media_pipeline.telemetry import logger


def put(record: Image) -> None:
    """Gone from every list with one write, restorable until the sweep erases it."""
    now = dt.datetime.now(dt.UTC)
    _enter(record, now.date().isoformat())
    if record.change([Image.deleted_at.set(now.isoformat(timespec="seconds"))], Image.deleted_at.does_not_exist()):
        # Once more: a restore of an earlier deletion may just have removed what was written above.
        _enter(record, now.date().isoformat())
    _tell_of_faces(record)


def restore(record: Image) -> bool:
    """False when it is not in the trash any more as this record says: restored by another request, or purged."""
    day = record.deleted_at[:10]
    if not record.change([Image.deleted_at.remove()], Image.deleted_at == record.deleted_at):
        return False
    _leave(record, day)
    now = Image.load(record.image_id)
    if now and now.deleted_at and not now.is_purged:  # again, while its entries were being removed
        _enter(now, now.deleted_at[:10])
    _tell_of_faces(record)
    return True


def purge(record: Image) -> None:
    """Out of the trash for good: nobody finds it any more, and the next sweep erases it."""
    if not record.deleted_at:
        raise ConflictError("Only what is in the trash can be deleted for good.")
    day = record.deleted_at[:10]
    _enter(record, PURGED[:10])
    if not record.change([Image.deleted_at.set(PURGED)], Image.deleted_at == record.deleted_at):
        raise ConflictError("The photo was changed meanwhile. Look at it again.")
    _enter(record, PURGED[:10])  # once more: a sweep may have looked when it was not due yet
    _leave(record, day)


def _enter(record: Image, day: str) -> None:
    """Where the library finds it, and where the sweep does."""
    terms.write(terms.TRASH, [terms.DAYS], day)
    terms.write(terms.TRASH, [day], record.image_id)
    terms.write(record.library, [terms.TRASH], record.image_id)


def _leave(record: Image, day: str) -> None:
    terms.remove(record.library, [terms.TRASH], record.image_id)
    terms.remove(terms.TRASH, [day], record.image_id)


def _tell_of_faces(record: Image) -> None:
    """Lists and counts of people leave out what is in the trash."""
    if record.faces:
        try:
            task_queue.send("follow_trash", {"image_id": record.image_id})
        except TemporaryError as error:  # the photo is where it should be; `reconcile` puts the counts right
            logger.warning("people are counted later", image_id=record.image_id, reason=str(error))
