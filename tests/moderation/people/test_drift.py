"""Collections, records and rows that drifted apart are found and mended, each way."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest

from media_pipeline.record.faces import read
from media_pipeline.record.models import Image
from moderation.models import Face, Person
from moderation.services.people import naming
from tests.support.painted_faces import ANN, BEN, consented, face, photo
from tests.support.pipeline import reconcile_faces, run_command
from tests.support.tasks import work
from tests.support.uploads import reread

pytestmark = pytest.mark.usefixtures("recognition")


def known_vectors(recognition: Any) -> set[str]:
    (collection,) = recognition.list_collections()["CollectionIds"]
    return {each["FaceId"] for each in recognition.list_faces(CollectionId=collection)["Faces"]}


def on_record(record: Image) -> set[str]:
    return {each.vector for each in read(reread(record).faces)}


def a_library() -> Image:
    owner = consented()
    record = photo(owner, ANN, BEN)
    work()
    naming.name(owner, face(record).pk, name="Ann")
    work()
    return record


def test_where_all_agrees_nothing_is_touched() -> None:
    record = a_library()
    before = reread(record).revision
    assert sum(reconcile_faces().counts().values()) == 0
    assert work() == 0
    assert reread(record).revision == before


def test_a_collection_deleted_by_others_is_filled_again(recognition: Any) -> None:
    record = a_library()
    (collection,) = recognition.list_collections()["CollectionIds"]
    recognition.delete_collection(CollectionId=collection)
    run_command("reconcile", faces=True, stdout=StringIO())
    work()
    assert known_vectors(recognition) == on_record(record) == {face(record).vector, face(record, 2).vector}
    assert face(record).person == Person.objects.get(name="Ann", library=record.library)
    reconcile_faces()
    work()
    users = recognition.list_users(CollectionId=collection)["Users"]
    assert [user["UserId"] for user in users] == [face(record).person_id]


def test_a_face_gone_in_rekognition_is_measured_again(recognition: Any) -> None:
    record = a_library()
    (collection,) = recognition.list_collections()["CollectionIds"]
    gone = face(record, 2).vector
    recognition.delete_faces(CollectionId=collection, FaceIds=[gone])
    assert reconcile_faces().images_measured_anew == 1
    work()
    assert gone not in on_record(record)
    assert known_vectors(recognition) == on_record(record)


def test_a_vector_that_no_record_knows_is_deleted(recognition: Any) -> None:
    record = a_library()
    stray = reread(record)
    stray.change([Image.faces.set([each.stored()[:6] for each in read(stray.faces)][:1])], Image.image_id.exists())
    Face.objects.filter(image_id=record.image_id).delete()
    drift = reconcile_faces()
    assert drift.vectors_deleted == 2
    assert known_vectors(recognition) == set()


def test_rows_that_were_lost_are_made_again_with_their_names() -> None:
    record = a_library()
    Face.objects.filter(image_id=record.image_id).delete()
    reconcile_faces()
    assert face(record).person == Person.objects.get(name="Ann", library=record.library)
    assert face(record).vector in on_record(record)


def test_a_name_that_a_crash_kept_from_the_record_is_told() -> None:
    record = a_library()
    Person.objects.filter(pk=face(record).person_id).update(name="Anita")
    assert reconcile_faces().records_told == 1
    assert read(reread(record).faces)[0].name == "Anita"


def test_stray_vectors_and_collections_are_deleted(recognition: Any) -> None:
    """The vector of nobody, and the collection of no consent."""
    from media_pipeline.faces import consents

    record = a_library()
    (collection,) = recognition.list_collections()["CollectionIds"]
    recognition.create_user(CollectionId=collection, UserId="nobody")
    assert reconcile_faces().people_deleted == 1
    consents.revoke(record.library)
    assert reconcile_faces().collections_deleted == 1
    assert recognition.list_collections()["CollectionIds"] == []
