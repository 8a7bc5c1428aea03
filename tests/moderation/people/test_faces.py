"""Single faces: bystanders, boxes, names by hand; and who may do what with them."""

from __future__ import annotations

from typing import Any

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.boxes import Box
from media_pipeline.errors import InvalidRequestError, NotAllowedError, NotFoundError
from media_pipeline.record.faces import read
from media_pipeline.record.models import Image
from moderation.models import Face, FaceAct, Person, Suggestion
from moderation.services.people import acts as face_acts
from moderation.services.people import boxes, naming, people
from tests.support.painted_faces import ANN, BEN, CAT, consented, face, new_owner, person, photo
from tests.support.tasks import waiting_tasks, work
from tests.support.uploads import reread

pytestmark = pytest.mark.usefixtures("recognition")
State = Face.State


def names(record: Image) -> list[str]:
    return [each.name for each in read(reread(record).faces)]


def test_a_bystander_has_no_name_and_no_vector(recognition: Any) -> None:
    owner = consented()
    record = photo(owner, ANN)
    work()
    naming.name(owner, face(record).pk, name="Ann")
    naming.hide(owner, face(record).pk)
    work()
    (collection,) = recognition.list_collections()["CollectionIds"]
    assert recognition.list_faces(CollectionId=collection)["Faces"] == []
    (hidden,) = read(reread(record).faces)
    assert (hidden.vector, hidden.name, hidden.is_hidden) == ("", "", True)
    assert person("Ann", owner).face_count == 0


def test_no_face_goes_with_its_vector_and_comes_back_as_a_box(recognition: Any) -> None:
    owner = consented()
    record = photo(owner, ANN, BEN)
    work()
    act = boxes.remove(owner, face(record).pk)
    work()
    assert [each.face_id for each in read(reread(record).faces)] == [f"{record.image_id}-2"]
    (collection,) = recognition.list_collections()["CollectionIds"]
    assert len(recognition.list_faces(CollectionId=collection)["Faces"]) == 1
    face_acts.undo(owner, act.pk)
    assert [each.face_id for each in read(reread(record).faces)] == [
        f"{record.image_id}-1",
        f"{record.image_id}-2",
    ]


def test_a_box_is_added_moved_named_and_taken_back() -> None:
    owner = new_owner()
    record = photo(owner, ANN)
    added, act = boxes.add(owner, record.image_id, Box(0.6, 0.2, 0.1, 0.2))
    naming.name(owner, added.pk, name="Cat")
    moved = boxes.move(owner, added.pk, Box(0.65, 0.2, 0.1, 0.2))
    assert names(record) == ["", "Cat"]
    assert face(record, 2).left == 0.65
    face_acts.undo(owner, moved.pk)
    assert (face(record, 2).left, names(record)) == (0.6, ["", "Cat"])
    face_acts.undo(owner, act.pk)
    assert names(record) == [""]
    assert not Face.objects.filter(pk=added.pk).exists()


@pytest.mark.parametrize(
    "box", [(-0.1, 0, 0.5, 0.5), (0.9, 0, 0.5, 0.5), (0, 0, 0, 0.5), (0, 0, 2, 2), (float("nan"), 0, 0.1, 0.1)]
)
def test_a_box_that_is_not_in_the_picture_is_refused(box: tuple[float, float, float, float]) -> None:
    owner = new_owner()
    record = photo(owner, ANN)
    with pytest.raises(InvalidRequestError):
        boxes.add(owner, record.image_id, Box(*box))


def test_without_a_consent_faces_are_named_by_hand_alone(recognition: Any) -> None:
    """Nothing is recognised."""
    owner = new_owner()
    record, other = photo(owner, ANN), photo(owner, ANN)
    (found,) = naming.of_image(owner, record.image_id)
    naming.name(owner, found.pk, name="Ann")
    assert waiting_tasks() == []
    assert names(record) == ["Ann"]
    assert face(other).state == State.UNKNOWN
    assert recognition.list_collections()["CollectionIds"] == []


def test_a_hundred_faces_make_a_persons_vector(recognition: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The best push out the others."""
    from media_pipeline.faces import collections as face_collections

    monkeypatch.setattr(face_collections, "MAX_FACES", 2)
    owner = consented()
    records = [photo(owner, ANN) for _ in range(3)]
    work()
    Face.objects.filter(pk=face(records[0]).pk).update(quality=1)
    for record in records[:2]:
        naming.name(owner, face(record).pk, name="Ann")
    work()
    ann = person("Ann", owner)
    assert set(Face.objects.filter(associated_to=ann.pk)) == {face(records[0]), face(records[1])}
    assert ann.vector_state == Person.VectorState.READY
    naming.name(owner, face(records[2]).pk, name="Ann")
    work()
    assert set(Face.objects.filter(associated_to=ann.pk)) == {face(records[1]), face(records[2])}
    (collection,) = recognition.list_collections()["CollectionIds"]
    associated = recognition.list_faces(CollectionId=collection, UserId=ann.pk)["Faces"]
    assert {each["FaceId"] for each in associated} == {face(records[1]).vector, face(records[2]).vector}


def test_whose_faces_these_are_decides_who_tags_them(people: Any) -> None:
    owner, stranger = consented(), Reader("somebody-else")
    record = photo(owner, ANN, BEN, CAT)
    work()
    naming.name(owner, face(record).pk, name="Ann")
    ann = person("Ann", owner)
    for ask in (
        lambda actor: naming.of_image(actor, record.image_id),
        lambda actor: naming.name(actor, face(record, 2).pk, name="Ben"),
        lambda actor: naming.reject(actor, face(record).pk, ann.pk),
        lambda actor: boxes.add(actor, record.image_id, Box(0.6, 0.2, 0.1, 0.2)),
        lambda actor: naming.of_person(actor, ann.pk),
    ):
        with pytest.raises(NotFoundError):
            ask(stranger)
        with pytest.raises(NotAllowedError):
            ask(people("moderator"))
        ask(people("face reviewer"))
    assert naming.uncertain(stranger) == []
    assert naming.unidentified(stranger, stranger.id) == []
    assert Suggestion.objects.count() == 0
    assert FaceAct.objects.exclude(by=owner.id).count() == 3


@pytest.mark.parametrize("hostile", ["", "1", "\x00", "a" * 10_000, "' OR 1=1", "01ARZ3NDEKTSV4RRFFQ69G5FAV-1\n"])
def test_a_hostile_id_is_an_unknown_one(hostile: str) -> None:
    owner = new_owner()
    with pytest.raises(NotFoundError):
        naming.task(owner, hostile)
    with pytest.raises(NotFoundError):
        people.get(owner, hostile)
    with pytest.raises(NotFoundError):
        naming.of_image(owner, hostile)
