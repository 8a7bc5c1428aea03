from __future__ import annotations

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.errors import NotFoundError
from media_pipeline.images import use_cases
from media_pipeline.images.use_cases import Likening
from media_pipeline.record.models import Image, ReviewState, new_image_id
from media_pipeline.search.related import cosine
from tests.search.stored_images import stored
from tests.support import hooks

pytestmark = pytest.mark.usefixtures("aws")
MODERATOR = Reader("m", frozenset({"moderator"}))


@pytest.fixture
def own() -> Reader:
    return Reader(new_image_id())


def alike(reader: Reader, record: Image, *, size: int = 50) -> list[str]:
    found = use_cases.similar(reader, record.image_id, Likening.LABELS, size=size)
    assert all(0 < similar.similarity <= 1 for similar in found)
    return [similar.record.image_id for similar in found]


def test_nothing_is_like_an_image_of_which_nothing_is_known(own: Reader) -> None:
    record, _ = stored(own.id), stored(own.id, tags=["sea"])
    assert alike(own, record) == []
    assert use_cases.similar(own, record.image_id, Likening.LOOK, size=5) == []


def test_what_shares_most_comes_first(own: Reader) -> None:
    labels = [["Mountain", 99.0], ["Snow", 95.0], ["Lake", 60.0]]
    record = stored(own.id, labels=labels)
    twin = stored(own.id, labels=labels)
    half = stored(own.id, labels=[["Mountain", 99.0], ["City", 99.0]])
    hint = stored(own.id, labels=[["Lake", 60.0], ["City", 99.0]], tags=["holiday"])
    stored(own.id, labels=[["City", 99.0]])
    assert alike(own, record) == [twin.image_id, half.image_id, hint.image_id]
    assert alike(own, record, size=1) == [twin.image_id]


def test_deleted_rejected_and_other_peoples_images_are_not_shown(own: Reader) -> None:
    record = stored(own.id, tags=["sea"])
    deleted, rejected = stored(own.id, tags=["sea"]), stored(own.id, tags=["sea"])
    stored(new_image_id(), tags=["sea"])
    use_cases.delete(own, deleted.image_id)
    Image(rejected.image_id).change([Image.review.set(ReviewState.REJECTED)], Image.image_id.exists())
    for reader in (own, MODERATOR):
        assert alike(reader, record) == []


def test_only_who_may_see_the_image_may_ask(own: Reader) -> None:
    record, other = stored(own.id, tags=["sea"]), stored(own.id, tags=["sea"])
    with pytest.raises(NotFoundError):
        alike(Reader("somebody"), record)
    assert alike(MODERATOR, record) == [other.image_id]


def test_it_costs_a_query_a_word_and_one_batch(own: Reader) -> None:
    record = stored(own.id, labels=[[f"Label{number}", 90.0] for number in range(20)])
    stored(own.id, labels=[["Label1", 90.0]])
    with hooks.counted_calls() as calls:
        alike(own, record)
    assert calls == {"dynamodb.GetItem": 1, "dynamodb.Query": 8, "dynamodb.BatchGetItem": 1}


def test_likeness_is_one_for_the_same_and_zero_for_strangers() -> None:
    assert cosine({"a": 0.5, "b": 0.2}, {"a": 0.5, "b": 0.2}) == pytest.approx(1)
    assert cosine({"a": 1}, {"b": 1}) == cosine({}, {"b": 1}) == 0
