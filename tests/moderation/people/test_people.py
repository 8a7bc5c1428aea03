"""People: named in any script, renamed, merged, split, hidden; and two reviewers at the same faces."""

from __future__ import annotations

from typing import Any

import pytest

from media_pipeline.errors import ConflictError, InvalidRequestError
from media_pipeline.record.faces import read
from media_pipeline.record.models import Image
from moderation.models import Face, Person
from moderation.services.people import acts as face_acts
from moderation.services.people import naming, people
from moderation.services.people import projection as face_projection
from tests.support.painted_faces import ANN, consented, face, new_owner, person, photo
from tests.support.tasks import work
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
