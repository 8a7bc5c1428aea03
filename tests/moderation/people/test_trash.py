"""People in photos that their owner put into the trash: in no list and no count, and back as they were."""

from __future__ import annotations

from io import StringIO

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.images import use_cases
from media_pipeline.record.models import Image
from moderation.models import Face, Person
from moderation.services.people import naming, people
from moderation.services.people import projection as face_projection
from tests.support import hooks
from tests.support.painted_faces import ANN, BEN, consented, face, person, photo
from tests.support.pipeline import follow_faces, run_command
from tests.support.tasks import work
from tests.support.uploads import reread

pytestmark = pytest.mark.usefixtures("recognition")


@pytest.fixture
def owner() -> Reader:
    return consented()


@pytest.fixture
def of_ann(owner: Reader) -> list[Image]:
    """Two photos of Ann, who is shown by her face in the first, with somebody unknown in both."""
    records = [photo(owner, ANN, BEN) for _ in range(2)]
    work()
    for record in records:
        naming.name(owner, face(record).pk, name="Ann")
    people.feature(owner, person("Ann", owner).pk, face(records[0]).pk)
    work()
    return records


def bin_and_work(owner: Reader, *records: Image) -> None:
    for record in records:
        use_cases.delete(owner, record.image_id)
    work()


def counted(owner: Reader) -> dict[str, int]:
    return {card.person.name: card.person.face_count for card in people.cards(owner, owner.id)}


def test_they_are_not_counted_and_nobody_is_shown_by_them(owner: Reader, of_ann: list[Image]) -> None:
    ann = person("Ann", owner)
    assert counted(owner) == {"Ann": 2}
    bin_and_work(owner, of_ann[0])
    assert counted(owner) == {"Ann": 1}
    assert [each.pk for each in naming.of_person(owner, ann.pk)] == [face(of_ann[1]).pk]
    assert person("Ann", owner).feature == face(of_ann[1])
    bin_and_work(owner, of_ann[1])
    assert counted(owner) == {"Ann": 0}
    assert person("Ann", owner).feature is None


def test_unknown_ones_are_in_no_group_and_no_list(owner: Reader, of_ann: list[Image]) -> None:
    (group,) = naming.clusters(owner)
    assert group.size == 2
    bin_and_work(owner, of_ann[0])
    assert naming.clusters(owner) == []
    assert [each.image_id for each in naming.unidentified(owner, owner.id)] == [of_ann[1].image_id]
    assert [each.image_id for each in naming.members(owner, group.cluster_id)] == [of_ann[1].image_id]
    naming.name_cluster(owner, group.cluster_id, name="Ben")
    assert counted(owner) == {"Ann": 1, "Ben": 1}
    assert face(of_ann[0], 2).person is None


def test_what_is_restored_comes_back_with_what_people_said(owner: Reader, of_ann: list[Image]) -> None:
    ann, unknown = person("Ann", owner), face(of_ann[0], 2)
    naming.reject(owner, unknown.pk, ann.pk)
    before = Face.objects.filter(image_id=of_ann[0].image_id).values("pk", "person", "state", "cluster", "vector")
    expected = list(before)
    bin_and_work(owner, of_ann[0])
    use_cases.restore(owner, of_ann[0].image_id)
    work()
    assert list(before.all()) == expected
    assert counted(owner) == {"Ann": 2}
    assert unknown.wrong_pairs.filter(person=ann).exists()
    assert [group.size for group in naming.clusters(owner)] == [2]


def test_a_reviewer_is_not_asked_about_them(owner: Reader, of_ann: list[Image]) -> None:
    record = photo(owner, ANN)
    work()
    assert naming.count_uncertain(owner) == 1
    bin_and_work(owner, record)
    assert naming.count_uncertain(owner) == 0
    assert naming.uncertain(owner) == []


def test_what_a_moderator_rejects_counts_no_more_either(owner: Reader, of_ann: list[Image]) -> None:
    reread(of_ann[0]).change([Image.review.set("rejected")], Image.image_id.exists())
    follow_faces(reread(of_ann[0]))
    work()
    assert counted(owner) == {"Ann": 1}
    assert person("Ann", owner).feature == face(of_ann[1])


def test_a_photo_of_nobody_costs_no_task(owner: Reader) -> None:
    record = photo(owner)
    with hooks.counted_calls() as calls:
        use_cases.delete(owner, record.image_id)
    assert calls["sqs.SendMessage"] == 0


def test_without_the_queue_it_is_deleted_and_counted_later(owner: Reader, of_ann: list[Image]) -> None:
    with hooks.failing("sqs.SendMessage", times=4):
        use_cases.delete(owner, of_ann[0].image_id)
    assert reread(of_ann[0]).deleted_at
    assert counted(owner) == {"Ann": 2}
    run_command("reconcile", faces=True, stdout=StringIO())
    assert counted(owner) == {"Ann": 1}


def test_a_late_task_about_what_was_erased_removes_what_is_left(owner: Reader, of_ann: list[Image]) -> None:
    reread(of_ann[0]).delete()
    face_projection.follow_trash({"image_id": of_ann[0].image_id})
    assert counted(owner) == {"Ann": 1}
    assert Person.objects.filter(library=owner.id).count() == 1
