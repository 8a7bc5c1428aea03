"""Groups of unknown faces: named at once, and two reviewers who name them."""

from __future__ import annotations

from typing import Any

import pytest

from media_pipeline.errors import ConflictError, NotFoundError
from media_pipeline.record.faces import read
from media_pipeline.record.models import Image
from moderation.models import Face, Person
from moderation.services.people import acts as face_acts
from moderation.services.people import naming
from tests.support.painted_faces import ANN, BEN, consented, face, person, photo
from tests.support.tasks import work
from tests.support.uploads import reread

pytestmark = pytest.mark.usefixtures("recognition")
State = Face.State


def names(record: Image) -> list[str]:
    return [each.name for each in read(reread(record).faces)]


def cluster_of(*records: Image) -> str:
    (cluster,) = {face(record).cluster for record in records}
    return cluster


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
