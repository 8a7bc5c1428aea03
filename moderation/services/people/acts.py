"""Acts on faces: written down with what it takes to undo them, and undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from media_pipeline.aws import task_queue
from media_pipeline.boxes import Box
from media_pipeline.errors import ConflictError, NotFoundError
from media_pipeline.faces import tags
from media_pipeline.record import faces as recorded_faces
from media_pipeline.record.faces import RecordedFace
from media_pipeline.record.models import Image
from moderation.models import Face, FaceAct, Person, Suggestion, WrongPair
from moderation.services.people import projection as face_projection
from moderation.services.people.access import Actor, require

KEPT = ("state", "person_id", "is_automatic", "named_by", "doubt", "cluster")
LOSES_VECTORS = frozenset({"hide", "remove_box"})
CHANGED = "Somebody has changed it since. Nothing was undone."


def standing(faces: Iterable[Face]) -> dict[str, dict[str, Any]]:
    """What an act will change of each face, as it is now."""
    return {face.face_id: {name: getattr(face, name) for name in KEPT} for face in faces}


def write(actor: Actor, library: str, what: str, **details: Any) -> FaceAct:
    return FaceAct.objects.create(library=library, by=actor.id, what=what, details=details)


def undo(actor: Actor, act_id: int) -> FaceAct:
    """Take back an act of one's own; ConflictError when somebody has changed all of it since."""
    act = FaceAct.objects.filter(pk=act_id, by=actor.id).first()
    if act is None:
        raise NotFoundError("There is no act of yours with this number.")
    require(actor, act.library)
    if act.undone_at is not None:
        raise ConflictError("That was undone already.")
    if Person.objects.filter(pk__in=act.details.get("people", ()), is_leaving=True).exists():
        raise ConflictError("This person is being forgotten.")
    with transaction.atomic():
        touched = _restore(act)
        act.undone_at = timezone.now()
        act.save(update_fields=["undone_at"])
    face_projection.follow_up(act.library, *touched)
    if act.what in LOSES_VECTORS:
        for face in Face.objects.filter(pk__in=act.details["before"], vector=""):
            face_projection.measure(face.pk, act.library)
    return act


def _restore(act: FaceAct) -> tuple[set[str], set[str]]:
    """The images and the people that it concerned."""
    details = act.details
    images: set[str] = set()
    people: set[str] = set(details.get("people", ()))
    if boxes := details.get("boxes"):
        images |= _restore_boxes(boxes, is_there=act.what != "remove_box")
    if "merged" in details:
        _restore_merged(details)
    if renamed := details.get("renamed"):
        still = Person.objects.filter(pk=renamed["person"], name=renamed["to"])
        if not still.update(name=renamed["from"], folded_name=renamed["from_folded"]):
            raise ConflictError(CHANGED)
        images |= set(Face.objects.filter(person=renamed["person"]).values_list("image_id", flat=True))
    if hidden := details.get("person_hidden"):
        Person.objects.filter(pk=hidden["person"]).update(is_hidden=hidden["was"])
    for face_id, person_id in details.get("wrong", ()):
        WrongPair.objects.filter(face=face_id, person=person_id).delete()
    restored = _restore_faces(details)
    images |= {face.image_id for face in restored}
    _restore_suggestions(details.get("suggestions", ()), {face.face_id for face in restored})
    if details.get("before") and not restored and not boxes:
        raise ConflictError(CHANGED)
    if created := details.get("created"):
        Person.objects.filter(pk=created, faces=None).delete()
    return images, people


def _restore_merged(details: dict[str, Any]) -> None:
    """Two people again, each with those who were merged into them, and with whose faces are known not to be theirs."""
    person, into = details["merged"], details["into"]
    Person.objects.filter(pk=person).update(merged_into=None, is_hidden=details["was_hidden"])
    Person.objects.filter(pk__in=details["aliases"], merged_into=into).update(merged_into=person)
    wrong: dict[str, list[tuple[str, str]]] = details["wrong_before"]
    theirs, others = dict(wrong[person]), dict(wrong[into])
    WrongPair.objects.filter(person=into, face__in=theirs.keys() - others.keys()).delete()
    known = Face.objects.filter(pk__in=theirs).values_list("pk", flat=True)
    again = [WrongPair(face_id=face, person_id=person, by=theirs[face]) for face in known]
    WrongPair.objects.bulk_create(again, ignore_conflicts=True)


def _restore_faces(details: dict[str, Any]) -> list[Face]:
    """The faces that still are as the act left them, now as they were before it."""
    before: dict[str, dict[str, Any]] = details.get("before", {})
    after: dict[str, Any] = details.get("after", {})
    faces = [face for face in Face.objects.filter(pk__in=before) if _is(face, after)]
    alive = set(
        Person.objects.filter(pk__in={was["person_id"] for was in before.values()}).values_list("pk", flat=True)
    )
    for face in faces:
        was = before[face.face_id]
        for name, value in was.items():
            setattr(face, name, value)
        if was["person_id"] not in alive:  # forgotten since
            face.person_id = None
            face.state = Face.State.UNKNOWN if was["person_id"] else was["state"]
    Face.objects.bulk_update(faces, KEPT, batch_size=500)
    return faces


def _is(face: Face, after: dict[str, Any]) -> bool:
    return all(getattr(face, name) == value for name, value in after.items())


def _restore_suggestions(suggestions: Iterable[tuple[str, str, float]], faces: set[str]) -> None:
    people = set(Person.objects.filter(pk__in={person for _, person, _ in suggestions}).values_list("pk", flat=True))
    Suggestion.objects.bulk_create(
        [
            Suggestion(face_id=face, person_id=person, similarity=similarity)
            for face, person, similarity in suggestions
            if face in faces and person in people
        ],
        ignore_conflicts=True,
    )


def _restore_boxes(boxes: dict[str, Any], *, is_there: bool) -> set[str]:
    """Put the record's boxes of one image back, and nothing else that is known of these faces; the rows follow it.

    `is_there` is whether the act left the faces there. ConflictError when that is not so any more.
    """
    image_id: str = boxes["image_id"]
    was = {face.face_id: face for face in recorded_faces.read(boxes["was"])}
    touched = set(boxes["touched"])
    dropped: list[str] = []

    def back(_: Image, known: list[RecordedFace]) -> list[RecordedFace]:
        now = {face.face_id: face for face in known}
        if any((face_id in now) is not is_there for face_id in touched):
            raise ConflictError(CHANGED)
        dropped[:] = [now[face_id].vector for face_id in touched - was.keys() if now[face_id].vector]
        others = [face for face in known if face.face_id not in touched]
        boxed = [_boxed(now.get(face_id, face), face.box) for face_id, face in was.items()]
        return sorted([*others, *boxed], key=lambda face: int(face.face_id.rpartition("-")[2]))

    record = tags.rewrite(image_id, back)
    if record is None:
        raise NotFoundError("The image was erased meanwhile.")
    face_projection.project(record)
    if dropped:
        task_queue.send("delete_vectors", {"collection": record.face_collection, "vectors": dropped})
    return {image_id}


def _boxed(face: RecordedFace, box: Box) -> RecordedFace:
    return replace(face, left=box.left, top=box.top, width=box.width, height=box.height)


def trim() -> int:
    """Remove acts that are too old to be undone, and with them what merges left."""
    limit = timezone.now() - dt.timedelta(days=FaceAct.DAYS)
    old = FaceAct.objects.filter(at__lt=limit)
    merged = [act.details["merged"] for act in old.filter(what="merge", undone_at=None)]
    Person.objects.filter(pk__in=merged).exclude(merged_into=None).delete()
    return old.delete()[0]
