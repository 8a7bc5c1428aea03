"""Faces that people drew or brought back: measured from their part of the picture, where that is agreed to."""

from __future__ import annotations

from typing import Any

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.boxes import Box
from media_pipeline.record.faces import read
from media_pipeline.record.models import Image
from moderation.models import Face, FaceAct
from moderation.services.people import acts as face_acts
from moderation.services.people import boxes, naming
from tests.support import hooks
from tests.support.painted_faces import ANN, BEN, CAT, consented, face, new_owner, person, photo
from tests.support.tasks import waiting_tasks, work
from tests.support.uploads import reread

pytestmark = pytest.mark.usefixtures("recognition")
State = Face.State
EMPTY = Box(0.8, 0.2, 0.1, 0.2)  # of the picture with two people


@pytest.fixture
def owner() -> Reader:
    """In whose library Ann is known by two photos."""
    owner = consented()
    known = [photo(owner, ANN, CAT) for _ in range(2)]
    work()
    for record in known:
        naming.name(owner, face(record).pk, name="Ann")
    work()
    return owner


@pytest.fixture
def overlooked(owner: Reader) -> tuple[Image, Box]:
    """A photo of Ann and Ben, of whom the machine has seen Ben alone; and where Ann is."""
    record = photo(owner, ANN, BEN)
    work()
    box = Box(*(getattr(face(record), side) for side in ("left", "top", "width", "height")))
    boxes.remove(owner, face(record).pk)
    work()
    return record, box


def in_collection(recognition: Any) -> set[str]:
    (collection,) = recognition.list_collections()["CollectionIds"]
    return {each["FaceId"] for each in recognition.list_faces(CollectionId=collection)["Faces"]}


def on_records(library: str) -> set[str]:
    records = Image.load_many(sorted(set(Face.objects.filter(library=library).values_list("image_id", flat=True))))
    return {each.vector for record in records for each in read(record.faces) if each.vector}


def test_without_a_consent_nothing_is_asked() -> None:
    owner = new_owner()
    record = photo(owner, ANN)
    boxes.add(owner, record.image_id, EMPTY)
    assert waiting_tasks() == []


def test_a_drawn_face_is_recognised_and_no_neighbour_is_kept(
    owner: Reader, overlooked: tuple[Image, Box], recognition: Any
) -> None:
    record, box = overlooked
    drawn, _ = boxes.add(owner, record.image_id, box)
    work()
    drawn.refresh_from_db()
    assert drawn.state == State.SUGGESTED
    assert [suggestion.person.name for suggestion in drawn.suggestions.all()] == ["Ann"]
    assert drawn.vector
    assert in_collection(recognition) == on_records(owner.id)


def test_a_name_given_before_measuring_makes_others_known(owner: Reader, overlooked: tuple[Image, Box]) -> None:
    record, box = overlooked
    drawn, _ = boxes.add(owner, record.image_id, box)
    naming.name(owner, drawn.pk, name="Anna")
    work()
    drawn.refresh_from_db()
    assert (drawn.person, drawn.associated_to) == (person("Anna", owner), person("Anna", owner).pk)
    other = photo(owner, ANN)
    work()
    assert {each.person.name for each in face(other).suggestions.all()} == {"Ann", "Anna"}


def test_where_nothing_is_seen_nothing_is_kept(owner: Reader, overlooked: tuple[Image, Box], recognition: Any) -> None:
    before = in_collection(recognition)
    drawn, _ = boxes.add(owner, overlooked[0].image_id, EMPTY)
    work()
    drawn.refresh_from_db()
    assert (drawn.vector, drawn.state) == ("", State.UNKNOWN)
    assert in_collection(recognition) == before


def test_a_box_that_is_moved_onto_a_face_is_measured_there(owner: Reader, overlooked: tuple[Image, Box]) -> None:
    record, box = overlooked
    drawn, _ = boxes.add(owner, record.image_id, EMPTY)
    work()
    boxes.move(owner, drawn.pk, box)
    work()
    drawn.refresh_from_db()
    assert drawn.state == State.SUGGESTED


def test_taking_back_a_drawn_face_takes_its_vector_too(
    owner: Reader, overlooked: tuple[Image, Box], recognition: Any
) -> None:
    before = in_collection(recognition)
    _, act = boxes.add(owner, overlooked[0].image_id, overlooked[1])
    work()
    assert len(in_collection(recognition)) == len(before) + 1
    face_acts.undo(owner, act.pk)
    work()
    assert in_collection(recognition) == before == on_records(owner.id)


@pytest.mark.parametrize("what", ["remove", "hide"])
def test_what_undo_brings_back_is_known_again(owner: Reader, recognition: Any, what: str) -> None:
    record = photo(owner, ANN)
    work()
    naming.name(owner, face(record).pk, name="Ann")
    work()
    act: FaceAct = {"remove": boxes.remove, "hide": naming.hide}[what](owner, face(record).pk)
    work()
    face_acts.undo(owner, act.pk)
    work()
    back = face(record)
    assert (back.person, back.associated_to) == (person("Ann", owner), person("Ann", owner).pk)
    assert back.vector in in_collection(recognition) == on_records(owner.id)


def test_a_photo_rejected_while_it_is_measured_leaves_no_vector(
    owner: Reader, overlooked: tuple[Image, Box], recognition: Any
) -> None:
    record, box = overlooked
    before = in_collection(recognition)
    boxes.add(owner, record.image_id, box)

    def reject() -> None:
        reread(record).change([Image.review.set("rejected")], Image.image_id.exists())

    with hooks.first("rekognition.IndexFaces", reject):
        work()
    assert in_collection(recognition) == before
