"""Searching a library as the API and the pages do: what each part of a query finds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.errors import InvalidRequestError
from media_pipeline.images import use_cases
from media_pipeline.images.use_cases import Edit
from media_pipeline.record.models import Image, ReviewState, Status
from media_pipeline.search import terms
from media_pipeline.search.places import Near
from media_pipeline.search.query import SearchQuery
from tests.search.stored_images import stored
from tests.support import hooks

pytestmark = pytest.mark.usefixtures("aws")


NAMES = {"lake.jpg": "lake", "party.heic": "party", "scan.png": "scan", "IMG_0042.jpg": "wave"}


def names(reader: Reader, **query: Any) -> str:
    """What is found, newest first, by the names above."""
    page = use_cases.search(reader, SearchQuery(**query), size=50)
    assert page.next is None
    return " ".join(NAMES[image.filename] for image in page.images)


ALL_FOUR = "wave scan party lake"


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("", ALL_FOUR),
        ("   ", ALL_FOUR),
        ("lake", "lake"),
        ("LAKE morning", "lake"),
        ("lake party", ""),
        ("heron", "lake"),  # caption
        ("the heron", "lake"),  # a word that leads nowhere is not missed
        ("cafe", "party"),
        ("CAFE\u0301", "party"),
        ("sky", "party lake"),  # a tag, and a word of one
        ("canon", "lake"),
        ("40d", "lake"),
        ("eos", "wave lake"),
        ("iphone 12", "party"),
        ("mountain", "scan"),
        ("lawine", "scan"),
        ("0042", "wave"),
        ("IMG_0042.jpg", "wave"),
        ("🌊", "wave"),
        ("c++", "wave"),
        ("sky -sea", "party"),
        ("-sky", "wave scan"),
        ("-sky -snow", "wave"),
        ("-", ALL_FOUR),
        ("--", ALL_FOUR),
        ("nothing", ""),
    ],
)
def test_words_are_found_wherever_they_stand(reader: Reader, q: str, found: str) -> None:
    assert names(reader, q=q) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"tags": ("blue sky",)}, "lake"),
        ({"tags": ("sky",)}, "party"),  # the tag, not a word of another
        ({"tags": ("blue",)}, ""),
        ({"tags": ("sea", "BLUE  sky")}, "lake"),
        ({"tags": ("sea", "sky")}, ""),
        ({"tags": ("-sea",)}, "wave scan party"),
        ({"tags": ("C++",)}, "wave"),
        ({"tags": ("c",)}, ""),
        ({"labels": ("mountain range",)}, "scan"),
        ({"labels": ("mountain",)}, ""),
        ({"labels": ("-snow",)}, "wave party lake"),
        ({"cameras": ("Canon EOS 40D",)}, "lake"),
        ({"cameras": ("canon",)}, "lake"),
        ({"cameras": ("eos",)}, "wave lake"),
        ({"cameras": ("40d", "iphone")}, "party lake"),
        ({"cameras": ("-canon", "-apple")}, "wave scan"),
        ({"lenses": ("ef 50mm F/1.8",)}, "lake"),
        ({"formats": ("png",)}, "scan"),
        ({"formats": ("png", "heic")}, "scan party"),
        ({"formats": ("jpeg",)}, "wave lake"),
        ({"formats": ("-jpeg",)}, "scan party"),
        ({"colours": ("blue",)}, "lake"),
        ({"colours": ("blue", "white")}, "scan lake"),
        ({"orientation": "portrait"}, "party"),
        ({"orientation": "square"}, "scan"),
        ({"size": "small"}, "scan"),
        ({"size": "large"}, "wave party lake"),
        ({"has_faces": True}, "party"),
        ({"has_faces": False}, "wave scan lake"),
        ({"near": Near(47.38, 8.54, 5)}, "lake"),
        ({"near": Near(47.38, 8.54, 300)}, "party lake"),
        ({"near": Near(0, 0, 500)}, ""),
        ({"near": Near(47.38, 8.54, 300), "tags": ("sky",), "has_faces": True, "q": "iphone -canon"}, "party"),
    ],
)
def test_values_are_found_exactly_and_all_parts_of_a_query_hold(
    reader: Reader, query: dict[str, Any], found: str
) -> None:
    assert names(reader, **query) == found


@pytest.mark.parametrize(
    ("field", "first", "last", "found"),
    [
        ("taken", "2026-01-09", "2026-01-09", "lake"),
        ("taken", "2026-01-10", "2026-02-01", "party"),
        ("taken", "2026-01-10", "2026-01-31", ""),
        ("taken", "2026-01-01", None, "party lake"),
        ("taken", None, "2010-01-01", "scan"),
        ("taken", "2000-01-01", "2026-12-31", "scan party lake"),  # more months than are looked up
        ("taken", "0001-01-01", "9999-12-31", "scan party lake"),
        ("uploaded", "2026-02-10", "2026-03-09", "party"),
        ("uploaded", "2026-02-11", None, "wave scan"),
        ("uploaded", None, "2026-02-10", "party lake"),
        ("uploaded", "0001-01-01", "9999-12-31", ALL_FOUR),
        ("uploaded", None, "1969-12-31", ""),
    ],
)
def test_days_are_included_at_both_ends(
    reader: Reader, field: str, first: str | None, last: str | None, found: str
) -> None:
    days = {"after": first, "before": last}
    query = {f"{field}_{end}": dt.date.fromisoformat(day) for end, day in days.items() if day}
    assert names(reader, **query) == found


def test_days_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="no day lies between"):
        SearchQuery(taken_after=dt.date(2026, 2, 1), taken_before=dt.date(2026, 1, 1))


# What must not be found


def found_ids(reader: Reader, **query: Any) -> list[str]:
    return [image.image_id for image in use_cases.search(reader, SearchQuery(**query), size=50).images]


def test_nobody_finds_the_images_of_others(own: Reader) -> None:
    stored("somebody", tags=["sea"])
    terms.write(own.id, ["word:sea", "all"], stored("somebody", tags=["sea"]).image_id)  # not even by a forged term
    assert found_ids(own, q="sea") == found_ids(own) == []


def test_the_deleted_and_the_rejected_are_gone_from_search(own: Reader) -> None:
    """From every search, by one write."""
    deleted, rejected, held = (stored(own.id, tags=["sea"]) for _ in range(3))
    assert len(found_ids(own, q="sea")) == 3
    Image(deleted.image_id).change([Image.deleted_at.set("2026-11-23T12:00:00+00:00")], Image.image_id.exists())
    for record, verdict in ((rejected, ReviewState.REJECTED), (held, ReviewState.CHILD_SAFETY)):
        with hooks.counted_calls() as calls:
            Image(record.image_id).change([Image.review.set(verdict)], Image.image_id.exists())
        assert calls == {"dynamodb.UpdateItem": 1}
    for query in ({"q": "sea"}, {"tags": ("sea",)}, {"orientation": "landscape"}, {"q": "-sky"}):
        assert found_ids(own, **query) == []
    assert set(found_ids(own)) == set(found_ids(own, status=Status.REJECTED)) == {rejected.image_id, held.image_id}


def test_the_trash_can_be_searched_by_its_status(own: Reader) -> None:
    kept, deleted = stored(own.id, tags=["sea"]), stored(own.id, tags=["sea"])
    use_cases.delete(own, deleted.image_id)
    assert found_ids(own, q="sea", status=Status.DELETED) == [deleted.image_id]
    assert found_ids(own, q="sea") == [kept.image_id]


def test_an_edit_changes_what_is_found(own: Reader) -> None:
    record = stored(own.id, title="Old boat", camera_model="Boat", tags=["sea"])
    use_cases.edit(own, record.image_id, Edit(title="New house", caption="by the river", tags=[]))
    assert [found_ids(own, q=word) for word in ("old", "sea")] == [[], []]
    for word in ("house", "river", "boat"):  # the camera is still called that
        assert found_ids(own, q=word) == [record.image_id]


def test_a_term_left_over_finds_nothing(own: Reader) -> None:
    record = stored(own.id)
    terms.write(own.id, ["word:unicorn"], record.image_id)
    assert found_ids(own, q="unicorn") == []


def test_a_word_dropped_by_an_edit_and_found_again_stays(own: Reader) -> None:
    record = stored(own.id, tags=["canon"], unfinished="0")

    def pipeline_ends() -> None:
        found = [Image.camera_make.set("Canon"), Image.unfinished.remove()]
        Image(record.image_id).change(found, Image.image_id.exists())

    with hooks.first("dynamodb.BatchWriteItem", pipeline_ends) as happened:
        use_cases.edit(own, record.image_id, Edit(tags=[]))
    assert happened
    assert found_ids(own, q="canon") == [record.image_id]
