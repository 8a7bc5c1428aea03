"""From a consent to suggestions, and from a name to more of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from media_pipeline.images import use_cases
from media_pipeline.record.faces import boxes_only, read
from media_pipeline.record.models import Image
from media_pipeline.search import terms
from media_pipeline.search.query import SearchQuery
from moderation.models import Face, Suggestion
from moderation.services.people import acts as face_acts
from moderation.services.people import naming
from moderation.services.privacy import consents
from tests.support.hooks import counted_calls
from tests.support.painted_faces import ANN, BEN, consented, face, new_owner, person, photo
from tests.support.pipeline import follow_faces
from tests.support.tasks import waiting_tasks, work
from tests.support.uploads import reread

State = Face.State

pytestmark = pytest.mark.usefixtures("recognition")


def vectors(record: Image) -> list[str]:
    return [each.vector for each in read(reread(record).faces)]


def test_without_a_consent_nothing_is_measured(recognition: Any) -> None:
    owner = new_owner()
    record = photo(owner, ANN, BEN)
    assert work() == 0
    assert vectors(record) == ["", ""]
    assert face(record).vector == ""
    assert recognition.list_collections()["CollectionIds"] == []


def test_with_a_consent_each_face_is_measured(recognition: Any) -> None:
    """And known by its image."""
    owner = consented()
    record = photo(owner, ANN, BEN)
    work()
    (collection,) = recognition.list_collections()["CollectionIds"]
    indexed = recognition.list_faces(CollectionId=collection)["Faces"]
    assert {each["FaceId"] for each in indexed} == set(vectors(record))
    assert {each["ExternalImageId"] for each in indexed} == {record.image_id}
    assert face(record, 2).vector == vectors(record)[1]


def test_what_is_paid_for_is_what_was_called() -> None:
    """One call an image, one a face and two a name, as costs.people reckons."""
    owner = consented()
    with counted_calls() as calls:
        record = photo(owner, ANN, BEN)
        work()
    assert paid(calls) == {"IndexFaces": 1, "SearchFaces": 2}
    with counted_calls() as calls:
        naming.name(owner, face(record).pk, name="Ann")
        work()
    assert paid(calls) == {"SearchFaces": 1, "AssociateFaces": 1}


def paid(calls: Counter[str]) -> dict[str, int]:
    """Of Rekognition's calls those that it charges for."""
    paid_for = ("IndexFaces", "SearchFaces", "SearchFacesByImage", "SearchUsersByImage", "AssociateFaces")
    return {name: calls[f"rekognition.{name}"] for name in paid_for if calls[f"rekognition.{name}"]}


def test_a_consent_given_later_reaches_earlier_images() -> None:
    owner = new_owner()
    records = [photo(owner, ANN), photo(owner, BEN)]
    consented(owner)
    work()
    assert all(all(vectors(record)) for record in records)


@pytest.mark.parametrize("review", ["open", "rejected", "child_safety"])
def test_what_was_not_let_out_is_not_measured(review: str) -> None:
    owner = consented()
    record = photo(owner, ANN, review=review)
    work()
    assert vectors(record) == [""]
    assert not Face.objects.filter(image_id=record.image_id).exists()


def test_what_is_rejected_later_loses_its_vectors(recognition: Any) -> None:
    owner = consented()
    record = photo(owner, ANN)
    work()
    reread(record).change([Image.review.set("rejected")], Image.image_id.exists())
    follow_faces(reread(record))
    assert vectors(record) == [""]
    (collection,) = recognition.list_collections()["CollectionIds"]
    assert recognition.list_faces(CollectionId=collection)["Faces"] == []
    assert not Face.objects.filter(image_id=record.image_id).exists()


def test_a_face_like_a_named_one_is_suggested_no_other() -> None:
    owner = consented()
    first = photo(owner, ANN)
    work()
    naming.name(owner, face(first).pk, name="Ann")
    work()
    second = photo(owner, ANN, BEN)
    work()
    ann, ben = face(second, 1), face(second, 2)
    assert ann.state == State.SUGGESTED
    assert [each.person.name for each in ann.suggestions.all()] == ["Ann"]
    assert ben.state == State.UNKNOWN
    (task,) = naming.uncertain(owner)
    assert task.face == ann
    assert task.candidates[0].similarity > 80


def test_a_late_name_reaches_earlier_images_as_a_suggestion() -> None:
    owner = consented()
    records = [photo(owner, ANN) for _ in range(3)]
    work()
    naming.name(owner, face(records[0]).pk, name="Ann")
    work()
    assert [face(record).state for record in records] == [State.NAMED, State.SUGGESTED, State.SUGGESTED]


def test_a_rejected_suggestion_never_comes_back() -> None:
    owner = consented()
    first, second = photo(owner, ANN), photo(owner, ANN)
    work()
    naming.name(owner, face(first).pk, name="Ann")
    work()
    naming.reject(owner, face(second).pk, person("Ann", owner).pk)
    third = photo(owner, ANN)
    work()
    naming.name(owner, face(third).pk, name="Ann")
    work()
    assert face(second).state == State.UNKNOWN
    assert not Suggestion.objects.filter(face=face(second)).exists()


def test_very_close_matches_are_tagged_where_switched_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And marked as such."""
    owner = consented()
    first = photo(owner, ANN)
    work()
    naming.name(owner, face(first).pk, name="Ann")
    set_conf(monkeypatch, face_auto_similarity=95)
    second = photo(owner, ANN)
    work()
    tagged = face(second)
    assert (tagged.state, tagged.is_automatic) == (State.NAMED, True)
    assert [each.name for each in read(reread(second).faces)] == ["Ann"]


def set_conf(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    import dataclasses

    from media_pipeline import conf as module
    from moderation.services.people import matching

    changed = dataclasses.replace(module.conf, **values)
    monkeypatch.setattr(matching, "conf", changed)


def test_a_name_is_found_by_search_and_gone_after_undo() -> None:
    """Also by person."""
    owner = new_owner()
    record, other = photo(owner, ANN, BEN), photo(owner, ANN)
    act = naming.name(owner, face(record).pk, name="Zoë Müller")
    zoe = person("Zoë Müller", owner)

    def found(**asked: Any) -> list[str]:
        return [image.image_id for image in use_cases.search(owner, SearchQuery(**asked), size=10).images]

    assert found(q="zoe muller") == found(people=(zoe.pk,)) == [record.image_id]
    assert found(people=("-" + zoe.pk,), has_faces=True) == [other.image_id]
    assert set(found(unidentified=True)) == {record.image_id, other.image_id}
    face_acts.undo(owner, act.pk)
    assert found(people=(zoe.pk,)) == found(q="zoe muller") == []
    assert terms.person_term(zoe.pk) not in terms.all_terms(reread(record))


def test_a_copy_in_another_library_takes_boxes_and_no_names() -> None:
    kept = boxes_only([["x-1", 0.1, 0.2, 0.3, 0.4, 99.0, "vector", "person", "Ann"]])
    assert kept == [[0.1, 0.2, 0.3, 0.4, 99.0]]


def test_a_consent_asks_for_the_library_once() -> None:
    owner = new_owner()
    consents.give(owner, owner.id)
    consents.give(owner, owner.id)
    assert [task["kind"] for task in waiting_tasks()] == ["index_library"]  # and one more in two minutes
