"""Measuring the faces of images and libraries that consented: tasks, because each takes a call or several."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

from media_pipeline import search, tagging
from media_pipeline.tagging import consents, face_collections, face_index, task_queue
from moderation.models import Face
from moderation.services import matching, telling

IN_ONE_TASK = 500  # images asked for


def index_image(task: dict[str, Any]) -> None:
    """Measure the image's faces, and look whom they are like; nothing without a consent or when it is not fit."""
    record = tagging.Image.load(task["image_id"])
    consent = consents.as_of_now(record.library) if record else None
    if record is None or consent is None:
        return
    record = face_index.index(record, consent)
    telling.project(record)
    if record.face_collection == consent.collection:
        matching.match_image(record.image_id, consent.collection)


def index_face(task: dict[str, Any]) -> None:
    """Measure a face that a person has drawn or brought back, if its image is measured and it still has no vector."""
    face = Face.objects.filter(pk=task["face_id"]).exclude(state=Face.State.HIDDEN).first()
    record = tagging.Image.load(face.image_id) if face else None
    consent = consents.as_of_now(record.library) if record else None
    if face is None or record is None or consent is None:
        return
    recorded = next((each for each in tagging.faces.read(record.faces) if each.face_id == face.pk), None)
    if recorded is None or recorded.vector or not _is_measured(record, consent):
        return
    vector = face_index.measure(record, recorded.box, consent)
    if vector:
        _keep(face, vector, consent)


def _is_measured(record: tagging.Image, consent: consents.Consent) -> bool:
    return record.face_collection == consent.collection and face_index.is_fit(record)


def _keep(face: Face, vector: str, consent: consents.Consent) -> None:
    """Write it on the record; where that has changed so that there is no place for it any more, it is deleted."""

    def measured(record: tagging.Image, known: list[tagging.RecordedFace]) -> list[tagging.RecordedFace]:
        if not _is_measured(record, consent):
            return known
        return [
            replace(each, vector=vector) if each.face_id == face.pk and not (each.vector or each.is_hidden) else each
            for each in known
        ]

    record = tagging.rewrite(face.image_id, measured)
    if record is None or vector not in [each.vector for each in tagging.faces.read(record.faces)]:
        face_collections.delete_faces(consent.collection, [vector])
        return
    telling.project(record)
    face.refresh_from_db()
    if face.state == Face.State.UNKNOWN:
        matching.match(face, consent.collection)
    elif face.person_id:
        telling.follow_up(face.library, (), [face.person_id], named=[face.pk])


def index_library(task: dict[str, Any]) -> None:
    """Have every image with faces measured, so many at a time; `after` is where the task before came to."""
    consent = consents.as_of_now(task["library"])
    if consent is None:
        return
    face_collections.create(consent.collection)
    ids = list(islice(tagging.image_ids(task["library"], search.FACES, after=task.get("after", "")), IN_ONE_TASK))
    for record in _records(ids):
        if face_index.is_due(record, consent):
            task_queue.send("index_faces", {"image_id": record.image_id})
    if len(ids) == IN_ONE_TASK:
        task_queue.send("index_library", {"library": task["library"], "after": ids[-1]})


def _records(image_ids: list[str]) -> list[tagging.Image]:
    found: list[tagging.Image] = []
    for start in range(0, len(image_ids), 100):
        found += tagging.Image.load_many(image_ids[start : start + 100])
    return found


def drop_vector(task: dict[str, Any]) -> None:
    """A face is a bystander's now: delete its vector, unless that was undone meanwhile."""
    face = Face.objects.filter(pk=task["face_id"], state=Face.State.HIDDEN).first()
    record = tagging.Image.load(face.image_id) if face else None
    if face is None or record is None:
        return
    if face.vector and record.face_collection:
        face_collections.delete_faces(record.face_collection, [face.vector])

    def bare(_: tagging.Image, known: list[tagging.RecordedFace]) -> list[tagging.RecordedFace]:
        return [face_index.without_vector(each) if each.face_id == face.pk else each for each in known]

    changed = tagging.rewrite(record.image_id, bare)
    if changed is not None:
        telling.project(changed)


def delete_vectors(task: dict[str, Any]) -> None:
    face_collections.delete_faces(task["collection"], task["vectors"])
