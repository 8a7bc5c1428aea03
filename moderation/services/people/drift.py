"""Making collections, records and rows of faces agree, whatever happened to one of them behind our back."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from media_pipeline.aws import task_queue
from media_pipeline.faces import collections as face_collections
from media_pipeline.faces import consents, tags
from media_pipeline.faces import vectors as face_index
from media_pipeline.faces.consents import Consent
from media_pipeline.record import faces
from media_pipeline.record.models import Image
from media_pipeline.search import terms
from moderation.models import ConsentEntry, Face, Person
from moderation.services.people import projection as face_projection


@dataclass(slots=True)
class FaceDrift:
    """What was found and mended."""

    collections_made: int = 0  # gone in Rekognition; their images are measured anew
    collections_deleted: int = 0  # of consents that are not in force any more
    images_measured_anew: int = 0  # some of their vectors were gone
    vectors_deleted: int = 0  # that no record knows
    people_made_anew: int = 0  # whose vector was gone
    people_deleted: int = 0  # vectors of nobody
    records_told: int = 0  # that said something else than the rows

    def counts(self) -> dict[str, int]:
        return asdict(self)


def reconcile() -> FaceDrift:
    """Compare every library that ever consented; a page of 4,096 faces is one call to Rekognition."""
    drift = FaceDrift()
    in_force: set[str] = set()
    for library in ConsentEntry.objects.order_by("library").values_list("library", flat=True).distinct():
        consent = consents.as_of_now(library)
        if consent is not None:
            in_force.add(consent.collection)
            _compare(consent, drift)
            _tell_records(library, drift)
    known = set(ConsentEntry.objects.values_list("collection", flat=True))  # others may be those of a lost database
    for collection in list(face_collections.names(consents.collection_prefix())):
        if collection in known - in_force:
            drift.collections_deleted += face_collections.delete(collection)
    return drift


def _compare(consent: Consent, drift: FaceDrift) -> None:
    try:
        there = {face.vector: face.image_id for face in face_collections.all_faces(consent.collection)}
        users = {user for user, _ in face_collections.users(consent.collection)}
    except face_collections.CollectionGoneError:
        face_collections.create(consent.collection)
        drift.collections_made += 1
        there, users = {}, set()
    rows = dict(Face.objects.filter(library=consent.library).exclude(vector="").values_list("vector", "image_id"))
    for image_id in sorted({image_id for vector, image_id in rows.items() if vector not in there}):
        _measure_anew(image_id, drift)
    for image_id in sorted({image_id for vector, image_id in there.items() if vector not in rows}):
        _explain(image_id, consent, {vector for vector, of in there.items() if of == image_id}, drift)
    _compare_people(consent, users, drift)
    for record in _never_measured(consent):
        task_queue.send("index_faces", {"image_id": record.image_id})


def _measure_anew(image_id: str, drift: FaceDrift) -> None:
    record = Image.load(image_id)
    changed = face_index.withdraw(record) if record else None
    if changed is None:
        face_projection.remove_faces(image_id)
        return
    face_projection.project(changed)
    Face.objects.filter(image_id=image_id).update(associated_to="")
    task_queue.send("index_faces", {"image_id": image_id})
    drift.images_measured_anew += 1


def _explain(image_id: str, consent: Consent, vectors: set[str], drift: FaceDrift) -> None:
    """Vectors without a row: either the row was lost, or nothing knows them and they go."""
    record = Image.load(image_id) if image_id else None
    on_record = {face.vector for face in faces.read(record.faces)} if record else set()
    if record is not None and vectors & on_record:
        face_projection.project(record)
    drift.vectors_deleted += face_collections.delete_faces(consent.collection, vectors - on_record)


def _compare_people(consent: Consent, users: set[str], drift: FaceDrift) -> None:
    people = Person.objects.filter(library=consent.library, merged_into=None, is_leaving=False)
    for user in sorted(users - set(people.values_list("pk", flat=True))):
        drift.people_deleted += face_collections.delete_user(consent.collection, user)
    for person in people.exclude(pk__in=users).filter(faces__vector__gt="").distinct():
        Face.objects.filter(associated_to=person.pk).update(associated_to="")
        task_queue.send("follow_person", {"person_id": person.pk})
        drift.people_made_anew += 1


def _never_measured(consent: Consent) -> list[Image]:
    """Images whose task was lost."""
    ids = list(tags.image_ids(consent.library, terms.FACES))
    known = set(Face.objects.filter(library=consent.library).values_list("image_id", flat=True))
    missing = [image_id for image_id in ids if image_id not in known]
    found: list[Image] = []
    for start in range(0, len(missing), 100):
        records = Image.load_many(missing[start : start + 100])
        found += [record for record in records if face_index.is_due(record, consent)]
    return found


def _tell_records(library: str, drift: FaceDrift) -> None:
    """Names that a crash kept from the records."""
    ids = Face.objects.filter(library=library).order_by("image_id").values_list("image_id", flat=True).distinct()
    for image_id in ids.iterator():
        before = Image.load(image_id)
        after = face_projection.tell_record(image_id)
        if after is not None:
            face_projection.project(after)  # into the trash, or out of it
        if before is not None and after is not None and after.revision != before.revision:
            drift.records_told += 1
