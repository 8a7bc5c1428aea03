"""Forgetting a person, or all people and vectors of a library.

Vectors go first and rows last: as long as the rows are there, an interrupted job finds what is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import Q

from media_pipeline.faces import collections as face_collections
from media_pipeline.faces import consents, tags
from media_pipeline.faces import vectors as face_vectors
from media_pipeline.faces.tags import Change
from media_pipeline.record.faces import RecordedFace
from media_pipeline.record.models import Image
from media_pipeline.search import terms
from moderation.models import ConsentEntry, Erasure, Face, FaceAct, Person, Suggestion, WrongPair
from moderation.services.privacy.steps import Step, count, is_late

CHUNK = 1000
ROWS = {"vector": "", "person": None, "cluster": "", "associated_to": "", "is_automatic": False, "doubt": None}


def plan(kind: str, subject: str) -> dict[str, int]:
    if kind == Erasure.Kind.PERSON:
        people = Person.objects.filter(Q(pk=subject) | Q(merged_into=subject))
        faces = Face.objects.filter(person=subject)
    else:
        people = Person.objects.filter(library=subject)
        faces = Face.objects.filter(library=subject)
    return {
        "vectors": faces.exclude(vector="").count(),
        "people": people.count(),
        "names on faces": faces.exclude(person=None).count(),
        "records": faces.exclude(person=None, vector="").values("image_id").distinct().count(),
        "suggestions": Suggestion.objects.filter(person__in=people).count(),
        "collections": 0 if kind == Erasure.Kind.PERSON else len(_collections(subject)),
    }


# A person


def _stop_suggesting(erasure: Erasure, deadline: float) -> bool:  # noqa: ARG001
    ids = _ids(erasure)
    count(erasure, "suggestions", Suggestion.objects.filter(person__in=ids).delete()[0])
    WrongPair.objects.filter(person__in=ids).delete()
    return True


def _delete_vectors(erasure: Erasure, deadline: float) -> bool:  # noqa: ARG001
    """Of the person, and of the faces; as far as the records know of others, too."""
    vectors = set(Face.objects.filter(person__in=_ids(erasure)).exclude(vector="").values_list("vector", flat=True))
    for collection in erasure.details["collections"]:
        for person in _ids(erasure):
            count(erasure, "user vectors", face_collections.delete_user(collection, person))
        count(erasure, "vectors", face_collections.delete_faces(collection, vectors))
    return True


def _untell_records(erasure: Erasure, deadline: float) -> bool:
    """The records' names and terms; then the rows, by which an interrupted step finds the images it has left."""
    ids = set(_ids(erasure))
    for image_id in _images(erasure, ids):
        record = tags.rewrite(image_id, _bystanders(ids), forgetting=True)
        if record is not None:
            for person in ids:  # left over, maybe, from a tag that was interrupted
                terms.remove(record.library, {terms.person_term(person)}, image_id)
            count(erasure, "records", 1)
        rows = Face.objects.filter(image_id=image_id, person__in=ids)
        count(erasure, "names on faces", rows.update(**ROWS, state=Face.State.HIDDEN, named_by="", named_at=None))
        if is_late(deadline):
            return False
    return True


def _images(erasure: Erasure, ids: set[str]) -> Iterator[str]:
    named = Face.objects.filter(person__in=ids).values_list("image_id", flat=True)
    yield from sorted(set(named))
    for person in ids:
        yield from list(tags.image_ids(erasure.library, terms.person_term(person)))


def _bystanders(ids: set[str]) -> Change:
    def bare(_: Image, known: list[RecordedFace]) -> list[RecordedFace]:
        return [
            replace(face, vector="", person="", name="", is_hidden=True) if face.person in ids else face
            for face in known
        ]

    return bare


def _delete_person(erasure: Erasure, deadline: float) -> bool:  # noqa: ARG001
    ids = _ids(erasure)
    for person in ids:
        delete_acts_about(erasure, person)
    count(erasure, "people", len(ids))
    Person.objects.filter(pk__in=ids).delete()
    return True


def _ids(erasure: Erasure) -> list[str]:
    """The person, and those who were merged into them."""
    people = Person.objects.filter(Q(pk=erasure.subject) | Q(merged_into=erasure.subject))
    return sorted({erasure.subject, *people.values_list("pk", flat=True)})


def delete_acts_about(erasure: Erasure, subject: str) -> None:
    """What could be undone of a person, or of an image and its faces."""
    acts = FaceAct.objects.filter(library=erasure.library)
    doomed = [act.pk for act in acts.iterator() if _mentions(act.details, subject)]
    for start in range(0, len(doomed), CHUNK):
        FaceAct.objects.filter(pk__in=doomed[start : start + CHUNK]).delete()


def _mentions(details: object, text: str) -> bool:
    match details:
        case str():
            return details == text or details.startswith(f"{text}-")  # an image's id begins those of its faces
        case dict():
            return any(_mentions(each, text) for pair in details.items() for each in pair)
        case list() | tuple():
            return any(_mentions(each, text) for each in details)
        case _:
            return False


PERSON: tuple[Step, ...] = (
    ("suggestions", _stop_suggesting),
    ("vectors", _delete_vectors),
    ("records", _untell_records),
    ("rows", _delete_person),
)


# A library


def delete_collections(erasure: Erasure, deadline: float) -> bool:  # noqa: ARG001
    """All that the library ever had, but the one of a consent that was given since."""
    for collection in _collections(erasure.subject, erasure.details["collections"]):
        count(erasure, "collections", face_collections.delete(collection))
    return True


def _collections(library: str, known: list[str] | None = None) -> list[str]:
    noted = ConsentEntry.objects.filter(library=library).values_list("collection", flat=True)
    consent = consents.as_of_now(library)
    return sorted({*noted, *(known or ())} - {consent.collection if consent else "", ""})


def _strip_records(erasure: Erasure, deadline: float) -> bool:
    """Every image with faces, so many at a time; `cursor` is where the run before came to."""
    consent = consents.as_of_now(erasure.subject)
    in_force = consent.collection if consent else ""

    def bare(record: Image, known: list[RecordedFace]) -> list[RecordedFace]:
        if in_force and record.face_collection == in_force:
            return known
        return [replace(face, vector="", person="", name="") for face in known]

    for image_id in tags.image_ids(erasure.subject, terms.FACES, after=erasure.details.get("cursor", "")):
        record = tags.rewrite(image_id, bare, forgetting=True)
        if record is not None and record.face_collection and record.face_collection != in_force:
            face_vectors.detach(record)
        count(erasure, "records", 1)
        erasure.details["cursor"] = image_id
        if is_late(deadline):
            return False
    return True


def delete_people(erasure: Erasure, deadline: float) -> bool:  # noqa: ARG001
    """The library's people, and what its rows of faces say beyond the boxes, as of when the job was asked for."""
    people = Person.objects.filter(library=erasure.subject, created_at__lte=erasure.asked_at)
    FaceAct.objects.filter(library=erasure.subject, at__lte=erasure.asked_at).delete()
    count(erasure, "suggestions", Suggestion.objects.filter(person__in=people).delete()[0])
    consent = consents.as_of_now(erasure.subject)
    faces = Face.objects.filter(library=erasure.subject)
    if consent is None:
        faces.exclude(vector="").update(vector="", associated_to="", cluster="")
    named = faces.filter(Q(person__in=people) | Q(person=None, state=Face.State.SUGGESTED))
    count(erasure, "names on faces", named.exclude(person=None).count())
    named.update(person=None, state=Face.State.UNKNOWN, is_automatic=False, named_by="", named_at=None, doubt=None)
    count(erasure, "people", people.count())
    people.delete()
    return True


LIBRARY: tuple[Step, ...] = (
    ("collections", delete_collections),
    ("records", _strip_records),
    ("rows", delete_people),
)
