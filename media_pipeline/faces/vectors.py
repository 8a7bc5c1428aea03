"""The vectors of an image's faces: whether there may be any, and how they go."""

from __future__ import annotations

from dataclasses import replace

from pynamodb.expressions.update import Action

from media_pipeline.faces import collections as face_collections
from media_pipeline.faces.consents import Consent
from media_pipeline.record.faces import RecordedFace, read
from media_pipeline.record.models import Image, ReviewState

UNFIT = frozenset({ReviewState.OPEN, ReviewState.REJECTED, ReviewState.CHILD_SAFETY})


def is_fit(record: Image) -> bool:
    """Whether its faces may be measured: it was judged, and let out."""
    return record.unfinished is None and record.failure is None and record.review not in UNFIT


def is_due(record: Image, consent: Consent | None) -> bool:
    """Whether its faces are still to be measured under that consent."""
    return bool(consent and record.faces and record.face_collection != consent.collection and is_fit(record))


def remove(record: Image) -> int:
    """Delete the vectors of the image's faces from their collection; how many. The record is left as it is."""
    vectors = [face.vector for face in read(record.faces) if face.vector]
    if not record.face_collection or not vectors:
        return 0
    return face_collections.delete_faces(record.face_collection, vectors)


def withdraw(record: Image) -> Image | None:
    """Delete them and take them off the record as well: the image is not fit any more, or the consent is gone."""
    remove(record)

    def plan(current: Image) -> list[Action]:
        stored = [without_vector(face).stored() for face in read(current.faces)]
        return [Image.faces.set(stored), Image.face_collection.remove()]

    return record.amend(plan)


def detach(record: Image) -> None:
    """Take the collection's name off a record whose faces have no vectors any more."""
    record.change([Image.face_collection.remove()], Image.face_collection == record.face_collection)


def without_vector(face: RecordedFace) -> RecordedFace:
    return replace(face, vector="")
