"""Measuring the faces of images and libraries that consented: tasks, because each takes a call or several."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

from media_pipeline.aws import task_queue
from media_pipeline.faces import collections as face_collections
from media_pipeline.faces import consents, measuring, tags, vectors
from media_pipeline.record import faces
from media_pipeline.record.faces import RecordedFace
from media_pipeline.record.models import Image
from media_pipeline.search import terms
from moderation.models import Face
from moderation.services.people import matching
from moderation.services.people import projection as face_projection

IN_ONE_TASK = 500  # images asked for


def index_image(task: dict[str, Any]) -> None:
    """Measure the image's faces, and look whom they are like; nothing without a consent or when it is not fit."""
    record = Image.load(task["image_id"])
    consent = consents.as_of_now(record.library) if record else None
    if record is None or consent is None:
        return
    record = measuring.index(record, consent)
    face_projection.project(record)
    if record.face_collection == consent.collection:
        matching.match_image(record.image_id, consent.collection)


def index_face(task: dict[str, Any]) -> None:
    """Measure a face that a person has drawn or brought back, if its image is measured and it still has no vector."""
    face = Face.objects.filter(pk=task["face_id"]).exclude(state=Face.State.HIDDEN).first()
    record = Image.load(face.image_id) if face else None
    consent = consents.as_of_now(record.library) if record else None
    if face is None or record is None or consent is None:
        return
    recorded = next((each for each in faces.read(record.faces) if each.face_id == face.pk), None)
    if recorded is None or recorded.vector or not _is_measured(record, consent):
        return
    vector = measuring.measure(record, recorded.box, consent)
    if vector:
        _keep(face, vector, consent)


def _is_measured(record: Image, consent: consents.Consent) -> bool:
    return record.face_collection == consent.collection and vectors.is_fit(record)


def _keep(face: Face, vector: str, consent: consents.Consent) -> None:
    """Write it on the record; where that has changed so that there is no place for it any more, it is deleted."""

    def measured(record: Image, known: list[RecordedFace]) -> list[RecordedFace]:
        if not _is_measured(record, consent):
            return known
        return [
            replace(each, vector=vector) if each.face_id == face.pk and not (each.vector or each.is_hidden) else each
            for each in known
        ]

    record = tags.rewrite(face.image_id, measured)
    if record is None or vector not in [each.vector for each in faces.read(record.faces)]:
        face_collections.delete_faces(consent.collection, [vector])
        return
    face_projection.project(record)
    face.refresh_from_db()
    if face.state == Face.State.UNKNOWN:
        matching.match(face, consent.collection)
    elif face.person_id:
        face_projection.follow_up(face.library, (), [face.person_id], named=[face.pk])


def index_library(task: dict[str, Any]) -> None:
    """Have every image with faces measured, so many at a time; `after` is where the task before came to."""
    consent = consents.as_of_now(task["library"])
    if consent is None:
        return
    face_collections.create(consent.collection)
    ids = list(islice(tags.image_ids(task["library"], terms.FACES, after=task.get("after", "")), IN_ONE_TASK))
    for record in _records(ids):
        if vectors.is_due(record, consent):
            task_queue.send("index_faces", {"image_id": record.image_id})
    if len(ids) == IN_ONE_TASK:
        task_queue.send("index_library", {"library": task["library"], "after": ids[-1]})


def _records(image_ids: list[str]) -> list[Image]:
    found: list[Image] = []
    for start in range(0, len(image_ids), 100):
        found += Image.load_many(image_ids[start : start + 100])
    return found


def drop_vector(task: dict[str, Any]) -> None:
    """A face is a bystander's now: delete its vector, unless that was undone meanwhile."""
    face = Face.objects.filter(pk=task["face_id"], state=Face.State.HIDDEN).first()
    record = Image.load(face.image_id) if face else None
    if face is None or record is None:
        return
    if face.vector and record.face_collection:
        face_collections.delete_faces(record.face_collection, [face.vector])

    def bare(_: Image, known: list[RecordedFace]) -> list[RecordedFace]:
        return [vectors.without_vector(each) if each.face_id == face.pk else each for each in known]

    changed = tags.rewrite(record.image_id, bare)
    if changed is not None:
        face_projection.project(changed)


def delete_vectors(task: dict[str, Any]) -> None:
    face_collections.delete_faces(task["collection"], task["vectors"])
