"""A person's vector in the library's collection: of their best faces, and of a hundred at most.

https://docs.aws.amazon.com/rekognition/latest/dg/collections-associating-faces.html
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Q

from media_pipeline.aws import task_queue
from media_pipeline.faces import collections as face_collections
from media_pipeline.faces import consents
from moderation.models import Face, Person

SETTLING = 5  # seconds; Rekognition associates in the background


def follow(task: dict[str, Any]) -> None:
    """Bring the vector up to the faces that the person has now."""
    person = Person.objects.filter(pk=task["person_id"]).first()
    consent = consents.as_of_now(person.library) if person else None
    if person is None or consent is None or person.is_leaving:
        return
    theirs = Face.objects.filter(person=person).exclude(vector="")
    best = list(theirs.order_by("-quality", "pk")[: face_collections.MAX_FACES])
    if person.merged_into_id is not None or not best:
        _dissolve(person, consent.collection)
        return
    wanted = {face.pk for face in best}
    # Out first, for the places are few: its own that are not the best any more, and those that others had before.
    surplus = Face.objects.filter(Q(associated_to=person.pk) & ~Q(pk__in=wanted))
    foreign = [face for face in best if face.associated_to not in {"", person.pk}]
    _take_out([*surplus, *foreign], consent.collection)
    new = [face for face in best if face.associated_to != person.pk]
    if new:
        _put_in(person, new, consent.collection)


def _take_out(faces: list[Face], collection: str) -> None:
    by_user: dict[str, list[Face]] = defaultdict(list)
    for face in faces:
        by_user[face.associated_to].append(face)
    for user, some in by_user.items():
        face_collections.disassociate(collection, user, [face.vector for face in some if face.vector])
        for face in some:
            face.associated_to = ""
        Face.objects.filter(pk__in=[face.pk for face in some]).update(associated_to="")


def _put_in(person: Person, faces: list[Face], collection: str) -> None:
    answer = face_collections.associate(collection, person.pk, [face.vector for face in faces])
    joined = [face.pk for face in faces if face.vector not in answer.refused]
    Face.objects.filter(pk__in=joined).update(associated_to=person.pk)
    Face.objects.filter(pk__in=[face.pk for face in faces if face.vector in answer.gone]).update(vector="")
    _settle(person, is_settled=answer.is_settled)


def _dissolve(person: Person, collection: str) -> None:
    face_collections.delete_user(collection, person.pk)
    Face.objects.filter(associated_to=person.pk).update(associated_to="")
    Person.objects.filter(pk=person.pk).update(vector_state=Person.VectorState.NONE)


def _settle(person: Person, *, is_settled: bool) -> None:
    state = Person.VectorState.READY if is_settled else Person.VectorState.UPDATING
    Person.objects.filter(pk=person.pk).update(vector_state=state)
    if not is_settled:
        task_queue.send("settle_people", {"library": person.library}, delay_seconds=SETTLING)


def check_updates(task: dict[str, Any]) -> None:
    """Ask which people's vectors have settled; again a little later while some have not."""
    updating = Person.objects.filter(library=task["library"], vector_state=Person.VectorState.UPDATING)
    consent = consents.as_of_now(task["library"])
    if consent is None or not updating.exists():
        return
    settled = [user for user, is_settled in face_collections.users(consent.collection) if is_settled]
    for start in range(0, len(settled), 500):
        updating.filter(pk__in=settled[start : start + 500]).update(vector_state=Person.VectorState.READY)
    tries = int(task.get("tries", 0))
    if updating.exists() and tries < 20:
        again = {"library": task["library"], "tries": tries + 1}
        task_queue.send("settle_people", again, delay_seconds=SETTLING * (tries + 1))
