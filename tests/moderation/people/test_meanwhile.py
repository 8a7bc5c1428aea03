"""What happens to faces and people while something else happens to them: nothing is left behind, lost or mixed up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from media_pipeline.boxes import Box
from media_pipeline.errors import ConflictError, NotFoundError
from media_pipeline.faces import consents as agreed
from media_pipeline.faces import measuring
from media_pipeline.record.faces import read
from media_pipeline.record.models import Image, ReviewState
from media_pipeline.review import acts as reviews
from media_pipeline.review.acts import Flag, FlagKind
from moderation.models import Erasure, Face, Person, WrongPair
from moderation.services.people import acts as face_acts
from moderation.services.people import boxes, naming, people
from moderation.services.privacy import consents, jobs
from tests.support import hooks
from tests.support.painted_faces import ANN, BEN, consented, face, new_owner, person, photo
from tests.support.pipeline import follow_faces, run_job
from tests.support.tasks import work
from tests.support.uploads import reread

pytestmark = pytest.mark.usefixtures("recognition")


def names(record: Image) -> list[str]:
    return [each.name for each in read(reread(record).faces)]


def vectors(recognition: Any) -> list[str]:
    return [
        each["FaceId"]
        for collection in recognition.list_collections()["CollectionIds"]
        for each in recognition.list_faces(CollectionId=collection)["Faces"]
    ]


def rejected(record: Image, state: ReviewState = ReviewState.REJECTED) -> None:
    assert reread(record).change([Image.review.set(state)], Image.image_id.exists())


# Measuring


@pytest.mark.parametrize("state", [ReviewState.REJECTED, ReviewState.CHILD_SAFETY])
def test_an_image_rejected_while_measured_leaves_no_vector(recognition: Any, state: ReviewState) -> None:
    owner = consented()
    record = photo(owner, ANN)
    with hooks.first("rekognition.IndexFaces", lambda: rejected(record, state)):
        work()
    follow_faces(reread(record))
    assert vectors(recognition) == []
    assert read(reread(record).faces)[0].vector == ""


def test_a_consent_revoked_while_measuring_leaves_no_vector(recognition: Any) -> None:
    owner = consented()
    record = photo(owner, ANN)
    consent = agreed.as_of_now(owner.id)
    assert consent is not None

    def revoked() -> None:
        run_job(Erasure.Kind.CONSENT, owner.id)

    with hooks.first("dynamodb.UpdateItem", revoked):
        measuring.index(reread(record), consent)
    follow_faces(reread(record))
    assert vectors(recognition) == []
    assert reread(record).face_collection is None
    assert read(reread(record).faces)[0].vector == ""


def test_two_tasks_for_one_image_measure_it_once(recognition: Any) -> None:
    owner = consented()
    record = photo(owner, ANN)
    consent = agreed.as_of_now(owner.id)
    assert consent is not None
    with hooks.first("dynamodb.UpdateItem", lambda: measuring.index(reread(record), consent)):
        measuring.index(reread(record), consent)
    assert vectors(recognition) == [read(reread(record).faces)[0].vector]


# Merges


def merged_twice() -> tuple[Any, list[Image], list[Person], list[Any]]:
    """A photo each of three people; the first became the second, who became the third."""
    owner = new_owner()
    records = [photo(owner, ANN) for _ in range(3)]
    for record, name in zip(records, ("A", "B", "C"), strict=True):
        naming.name(owner, face(record).pk, name=name)
    one, two, three = (person(name, owner) for name in ("A", "B", "C"))
    acts = [people.merge(owner, one.pk, two.pk), people.merge(owner, two.pk, three.pk)]
    return owner, records, [one, two, three], acts


def test_undoing_a_later_merge_leaves_the_earlier_one() -> None:
    owner, records, (one, two, three), (_, later) = merged_twice()
    face_acts.undo(owner, later.pk)
    assert [names(record) for record in records] == [["B"], ["B"], ["C"]]
    assert people.get(owner, one.pk) == people.get(owner, two.pk) == two
    assert people.get(owner, three.pk) == three


def test_two_merges_are_undone_in_turn() -> None:
    owner, records, (one, two, three), (earlier, later) = merged_twice()
    with pytest.raises(ConflictError):
        face_acts.undo(owner, earlier.pk)
    face_acts.undo(owner, later.pk)
    face_acts.undo(owner, earlier.pk)
    assert [names(record) for record in records] == [["A"], ["B"], ["C"]]
    assert [people.get(owner, each.pk).name for each in (one, two, three)] == ["A", "B", "C"]


def test_who_a_face_is_not_survives_a_merge_and_its_undoing() -> None:
    owner = new_owner()
    record, other = photo(owner, ANN), photo(owner, BEN)
    one, two = people.create(owner, owner.id, "A"), people.create(owner, owner.id, "B")
    naming.reject(owner, face(record).pk, one.pk)
    naming.reject(owner, face(other).pk, one.pk)
    naming.reject(owner, face(other).pk, two.pk)
    act = people.merge(owner, one.pk, two.pk)
    assert WrongPair.objects.filter(person=two).count() == 2
    face_acts.undo(owner, act.pk)
    wrong = set(WrongPair.objects.values_list("face", "person"))
    assert wrong == {(face(record).pk, one.pk), (face(other).pk, one.pk), (face(other).pk, two.pk)}


# Undoing


def test_nothing_is_undone_of_a_person_who_is_being_forgotten() -> None:
    owner = new_owner()
    record = photo(owner, ANN)
    naming.name(owner, face(record).pk, name="Ann")
    act = naming.unname(owner, face(record).pk)
    ann = person("Ann", owner)
    jobs.start(Erasure.Kind.PERSON, ann.pk, by=owner.id, send=False)
    with pytest.raises(ConflictError, match="forgotten"):
        face_acts.undo(owner, act.pk)
    assert names(record) == [""]


def test_a_rename_is_not_undone_after_another_rename() -> None:
    owner = new_owner()
    ann = people.create(owner, owner.id, "Anne")
    act = people.rename(owner, ann.pk, "Ann")
    people.rename(owner, ann.pk, "Anna")
    with pytest.raises(ConflictError):
        face_acts.undo(owner, act.pk)
    assert people.get(owner, ann.pk).name == "Anna"


def test_a_box_that_was_removed_comes_back_to_its_own_place_only() -> None:
    owner = new_owner()
    record = photo(owner, ANN)
    first, _ = boxes.add(owner, record.image_id, Box(0.6, 0.2, 0.1, 0.2))
    gone = boxes.remove(owner, first.pk)
    second, _ = boxes.add(owner, record.image_id, Box(0.3, 0.2, 0.1, 0.2))
    with pytest.raises(ConflictError):
        face_acts.undo(owner, gone.pk)
    assert Face.objects.get(pk=second.pk).left == 0.3


def test_undoing_a_move_does_not_bring_back_a_removed_box() -> None:
    owner = new_owner()
    record = photo(owner, ANN)
    moved = boxes.move(owner, face(record).pk, Box(0.6, 0.2, 0.1, 0.2))
    boxes.remove(owner, face(record).pk)
    with pytest.raises(ConflictError):
        face_acts.undo(owner, moved.pk)
    assert names(record) == []


def test_undoing_a_move_keeps_what_became_of_the_face_since(recognition: Any) -> None:
    owner = consented()
    record = photo(owner, ANN)
    work()
    moved = boxes.move(owner, face(record).pk, Box(0.06, 0.2, 0.2, 0.4))
    naming.hide(owner, face(record).pk)
    work()
    face_acts.undo(owner, moved.pk)
    (still,) = read(reread(record).faces)
    assert (still.vector, still.is_hidden) == ("", True)
    assert vectors(recognition) == []


# What must not be seen


@pytest.mark.parametrize("state", [ReviewState.REJECTED, ReviewState.CHILD_SAFETY])
def test_nobody_adds_a_face_to_what_was_rejected(state: ReviewState) -> None:
    owner = new_owner()
    record = photo(owner, ANN)
    rejected(record, state)
    revision = reread(record).revision
    with pytest.raises(ConflictError):
        boxes.add(owner, record.image_id, Box(0.6, 0.2, 0.1, 0.2))
    assert reread(record).revision == revision


def test_nobody_adds_a_face_to_what_awaits_judgement() -> None:
    owner = new_owner()
    record = photo(owner, ANN)
    reviews.flag(record, [Flag(FlagKind.REPORT, "x", 99.0)])
    revision = reread(record).revision
    with pytest.raises(ConflictError):
        boxes.add(owner, record.image_id, Box(0.6, 0.2, 0.1, 0.2))
    assert reread(record).revision == revision


def test_without_a_consent_rejected_faces_leave_the_lists_too() -> None:
    owner = new_owner()
    record = photo(owner, ANN)
    naming.name(owner, face(record).pk, name="Ann")
    rejected(record, ReviewState.CHILD_SAFETY)
    follow_faces(reread(record))
    assert naming.of_person(owner, person("Ann", owner).pk) == []
    assert naming.unidentified(owner, owner.id) == []


def test_face_reviewers_see_no_library_that_never_consented(people: Any) -> None:
    from moderation.services.people import people as of_library

    finn, owner = people("face reviewer"), new_owner()
    record = photo(owner, ANN)
    naming.name(owner, face(record).pk, name="Ann")
    ann = person("Ann", owner)
    asks: list[Callable[[], object]] = [
        lambda: naming.of_image(finn, record.image_id),
        lambda: naming.of_person(finn, ann.pk),
        lambda: naming.unidentified(finn, owner.id),
        lambda: naming.uncertain(finn, library=owner.id),
        lambda: naming.unname(finn, face(record).pk),
        lambda: of_library.cards(finn, owner.id),
        lambda: of_library.rename(finn, ann.pk, "Anne"),
    ]
    for ask in asks:
        with pytest.raises(NotFoundError):
            ask()


def test_nobody_is_named_after_people_being_forgotten() -> None:
    owner = new_owner()
    record, other = photo(owner, ANN), photo(owner, ANN)
    naming.name(owner, face(record).pk, name="Ann")
    ann = person("Ann", owner)
    act = naming.unname(owner, face(record).pk)
    jobs.start(Erasure.Kind.CONSENT, owner.id, by=owner.id, send=False)
    with pytest.raises(ConflictError, match="forgotten"):
        naming.name(owner, face(other).pk, person_id=ann.pk)
    with pytest.raises(ConflictError, match="forgotten"):
        face_acts.undo(owner, act.pk)
    assert names(record) == names(other) == [""]


def test_the_admin_forgets_at_once_of_whom_a_consent_is_revoked(people: Any) -> None:
    owner = consented()
    photo(owner, ANN)
    work()
    client = Client()
    client.force_login(people.user("face reviewer"))
    assert owner.id in client.get("/admin/faces/people").content.decode()
    consents.revoke(owner, owner.id)
    assert owner.id not in client.get("/admin/faces/people").content.decode()
    assert client.get("/admin/faces/people", {"library": owner.id}).status_code == 404
    assert client.get("/admin/faces/groups", {"library": owner.id}).status_code == 404
