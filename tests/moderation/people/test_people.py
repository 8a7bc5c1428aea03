"""People: named in any script, renamed, merged, split, hidden; and two reviewers at the same faces."""

from __future__ import annotations

from typing import Any

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.boxes import Box
from media_pipeline.errors import ConflictError, InvalidRequestError, NotAllowedError, NotFoundError
from media_pipeline.record.faces import read
from media_pipeline.record.models import Image
from moderation.models import Face, FaceAct, Person, Suggestion
from moderation.services.people import acts as face_acts
from moderation.services.people import boxes, naming, people
from moderation.services.people import projection as face_projection
from tests.support.painted_faces import ANN, BEN, CAT, consented, face, new_owner, person, photo
from tests.support.tasks import waiting_tasks, work
from tests.support.uploads import reread

pytestmark = pytest.mark.usefixtures("recognition")
State = Face.State


def names(record: Image) -> list[str]:
    return [each.name for each in read(reread(record).faces)]


def cluster_of(*records: Image) -> str:
    (cluster,) = {face(record).cluster for record in records}
    return cluster


@pytest.mark.parametrize("bad", ["", "   ", "\n\t", "\x00\x07", "n" * 201])
def test_a_name_that_says_nothing_or_too_much_is_refused(bad: str) -> None:
    owner = new_owner()
    with pytest.raises(InvalidRequestError):
        people.create(owner, owner.id, bad)


@pytest.mark.parametrize(
    "name", ["Ann", "n" * 200, "محمد علي", "山田 太郎", "Зоя", "👩‍👧 Mum", "O'Brien; DROP TABLE", "<b>x</b>", "é"]
)
def test_a_name_in_any_script_is_kept_shown_and_found(name: str) -> None:
    owner = new_owner()
    record = photo(owner, ANN)
    naming.name(owner, face(record).pk, name=f"  {name}\n")
    assert names(record) == [name]
    (card,) = people.cards(owner, owner.id, starting_with=name[:3])
    assert (card.person.name, card.person.face_count, card.person.feature) == (name, 1, face(record))


def test_two_people_of_one_name_are_both_marked() -> None:
    """A name alone does not choose between them."""
    owner = new_owner()
    record = photo(owner, ANN)
    one, other = people.create(owner, owner.id, "Ann"), people.create(owner, owner.id, "ANN")
    people.create(owner, owner.id, "Ben")
    marked = {card.person.pk: card.collides for card in people.cards(owner, owner.id)}
    assert marked[one.pk]
    assert marked[other.pk]
    assert sum(marked.values()) == 2
    with pytest.raises(ConflictError, match="Several people"):
        naming.name(owner, face(record).pk, name="ann")
    naming.name(owner, face(record).pk, person_id=other.pk)
    assert face(record).person == other


def test_a_rename_reaches_every_record_and_is_undone() -> None:
    owner = new_owner()
    records = [photo(owner, ANN) for _ in range(3)]
    for record in records:
        naming.name(owner, face(record).pk, name="Anne")
    act = people.rename(owner, person("Anne", owner).pk, "Ann")
    assert [names(record) for record in records] == [["Ann"]] * 3
    face_acts.undo(owner, act.pk)
    assert [names(record) for record in records] == [["Anne"]] * 3


def test_a_rename_of_somebody_in_many_images_is_done_by_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_projection, "INLINE", 1)
    monkeypatch.setattr(face_projection, "IN_ONE_TASK", 2)
    owner = new_owner()
    records = [photo(owner, ANN) for _ in range(3)]
    for record in records:
        naming.name(owner, face(record).pk, name="Anne")
    people.rename(owner, person("Anne", owner).pk, "Ann")
    assert [names(record) for record in records] == [["Anne"]] * 3
    assert work() == 2
    assert [names(record) for record in records] == [["Ann"]] * 3


def test_a_merge_hands_over_faces_and_id_and_is_undone(recognition: Any) -> None:
    owner = consented()
    records = [photo(owner, ANN), photo(owner, ANN)]
    work()
    naming.name(owner, face(records[0]).pk, name="Anne")
    naming.name(owner, face(records[1]).pk, name="Ann")
    work()
    anne, ann = person("Anne", owner), person("Ann", owner)
    act = people.merge(owner, anne.pk, ann.pk)
    work()
    assert [names(record) for record in records] == [["Ann"], ["Ann"]]
    assert people.get(owner, anne.pk) == ann
    assert person("Ann", owner).face_count == 2
    (collection,) = recognition.list_collections()["CollectionIds"]
    users = recognition.list_users(CollectionId=collection)["Users"]
    assert [user["UserId"] for user in users] == [ann.pk]
    face_acts.undo(owner, act.pk)
    work()
    assert [names(record) for record in records] == [["Anne"], ["Ann"]]
    users = recognition.list_users(CollectionId=collection)["Users"]
    assert {user["UserId"] for user in users} == {anne.pk, ann.pk}


def test_a_person_is_not_merged_into_themselves_nor_in_a_circle() -> None:
    owner = new_owner()
    one, two, three = (people.create(owner, owner.id, name) for name in ("A", "B", "C"))
    with pytest.raises(InvalidRequestError, match="themselves"):
        people.merge(owner, one.pk, one.pk)
    people.merge(owner, one.pk, two.pk)
    people.merge(owner, two.pk, three.pk)
    with pytest.raises(InvalidRequestError, match="one person already"):
        people.merge(owner, three.pk, one.pk)
    assert people.get(owner, one.pk) == people.get(owner, two.pk) == three


def test_people_who_look_alike_are_suggested_to_be_one() -> None:
    owner = consented()
    records = [photo(owner, ANN) for _ in range(3)]
    work()
    naming.name(owner, face(records[0]).pk, name="Anne")
    naming.name(owner, face(records[1]).pk, name="Ann")
    naming.name(owner, face(records[2]).pk, name="Ann")
    work()
    (suggested,) = people.merge_suggestions(owner, owner.id)
    assert (suggested.person.name, suggested.other.name) == ("Anne", "Ann")


def test_a_split_makes_somebody_of_some_faces() -> None:
    owner = new_owner()
    records = [photo(owner, ANN) for _ in range(3)]
    for record in records:
        naming.name(owner, face(record).pk, name="Ann")
    ann = person("Ann", owner)
    act = people.split(owner, ann.pk, [face(records[2]).pk], "Twin")
    assert [names(record) for record in records] == [["Ann"], ["Ann"], ["Twin"]]
    with pytest.raises(ConflictError):
        people.split(owner, ann.pk, [face(records[2]).pk], "Third")
    face_acts.undo(owner, act.pk)
    assert not Person.objects.filter(library=owner.id, name="Twin").exists()
    assert person("Ann", owner).face_count == 3


def test_a_hidden_person_is_left_out_until_shown_again() -> None:
    owner = new_owner()
    ann = people.create(owner, owner.id, "Ann")
    people.hide(owner, ann.pk)
    assert people.cards(owner, owner.id) == []
    assert [card.person for card in people.cards(owner, owner.id, hidden=True)] == [ann]
    people.hide(owner, ann.pk, hidden=False)
    assert len(people.cards(owner, owner.id)) == 1


# Groups of unknown faces


def test_a_group_is_named_at_once_without_its_outliers() -> None:
    owner = consented()
    records = [photo(owner, ANN) for _ in range(4)]
    photo(owner, BEN)
    work()
    (group,) = naming.clusters(owner)
    assert (group.cluster_id, group.size) == (cluster_of(*records), 4)
    outlier = face(records[3]).pk
    act = naming.name_cluster(owner, group.cluster_id, name="Ann", but=[outlier])
    assert [names(record) for record in records] == [["Ann"], ["Ann"], ["Ann"], [""]]
    assert [each.pk for each in naming.members(owner, group.cluster_id)] == [outlier]
    face_acts.undo(owner, act.pk)
    assert naming.clusters(owner)[0].size == 4
    assert not Person.objects.filter(library=owner.id).exists()


def test_a_second_reviewer_who_names_a_group_otherwise_is_told(people: Any) -> None:
    one, two = people("face reviewer", name="finn"), people("face reviewer", name="fay")
    owner = consented()
    records = [photo(owner, ANN) for _ in range(3)]
    work()
    group = cluster_of(*records)
    naming.name_cluster(one, group, name="Ann")
    with pytest.raises(ConflictError, match="Ann"):
        naming.name_cluster(two, group, name="Anita")
    with pytest.raises(ConflictError, match="Ann"):
        naming.name(two, face(records[0]).pk, name="Anita", seen="")
    assert {names(record)[0] for record in records} == {"Ann"}


def test_the_first_reviewer_cannot_undo_a_seconds_correction(people: Any) -> None:
    one, two = people("face reviewer", name="finn"), people("face reviewer", name="fay")
    owner = consented()
    record = photo(owner, ANN)
    work()
    act = naming.name(one, face(record).pk, name="Ann")
    naming.name(two, face(record).pk, name="Anita", seen=person("Ann", owner).pk)
    with pytest.raises(ConflictError):
        face_acts.undo(one, act.pk)
    with pytest.raises(NotFoundError):
        face_acts.undo(two, act.pk)
    assert names(record) == ["Anita"]


# Faces


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


# Who


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
