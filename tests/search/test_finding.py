"""Searching a library as the API and the pages do: what each part of a query finds, and what a page costs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.errors import InvalidRequestError
from media_pipeline.images import use_cases
from media_pipeline.images.use_cases import Edit
from media_pipeline.record.models import Image, ReviewState, Status, new_image_id
from media_pipeline.search import pages, terms
from media_pipeline.search.places import Near
from media_pipeline.search.query import SearchQuery
from tests.search.stored_images import id_of, stored
from tests.support import hooks

pytestmark = pytest.mark.usefixtures("aws")
JPEG_FACE = [["1", 0.1, 0.1, 0.2, 0.2, 99.0]]


@pytest.fixture(scope="module")
def reader(aws: object) -> Reader:
    """Somebody with four different images, by the names in `NAMES`."""
    owner = new_image_id()
    stored(
        owner,
        image_id=id_of("2026-01-10"),
        filename="lake.jpg",
        title="Morning at the Lake",
        caption="The heron stood still",
        tags=["Blue Sky", "sea"],
        camera_make="Canon",
        camera_model="Canon EOS 40D",
        exif={"lens": "EF 50mm f/1.8"},
        taken_at="2026-01-09T08:00:00",
        latitude=47.3769,
        longitude=8.5417,
        colour="#2040e0",
    )
    stored(
        owner,
        image_id=id_of("2026-02-10"),
        filename="party.heic",
        format="heic",
        width=3000,
        height=4000,
        tags=["Café", "sky"],
        camera_make="Apple",
        camera_model="iPhone 12 Pro",
        faces=JPEG_FACE,
        taken_at="2026-02-01T23:59:59+01:00",
        latitude=46.2044,
        longitude=6.1432,
        colour="#808080",
    )
    stored(
        owner,
        image_id=id_of("2026-03-10"),
        filename="scan.png",
        format="png",
        width=900,
        height=900,
        labels=[["Mountain Range", 97.5], ["Snow", 60.0]],
        text="ACHTUNG Lawine",
        taken_at="2009-07-01T12:00:00",
        colour="#ffffff",
    )
    stored(owner, image_id=id_of("2026-04-10"), filename="IMG_0042.jpg", tags=["🌊", "C++"], camera_model="EOS R5")
    return Reader(owner)


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


@pytest.fixture
def own() -> Reader:
    return Reader(new_image_id())


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


# Pages


def test_pages_of_a_search_lead_to_the_end_and_back(own: Reader) -> None:
    ids = [stored(own.id, tags=["sea"] if number % 2 else ["sky"]).image_id for number in range(14)]
    wanted = ids[1::2][::-1]
    query = SearchQuery(q="sea")
    first = use_cases.search(own, query, size=3)
    second = use_cases.search(own, query, size=3, after=first.next)
    third = use_cases.search(own, query, size=3, after=second.next)
    back = use_cases.search(own, query, size=3, before=third.previous)
    assert [image.image_id for page in (first, second, third) for image in page.images] == wanted
    assert [image.image_id for image in back.images] == wanted[3:6]
    assert (first.previous, third.next) == (None, None)


def test_a_search_that_reads_too_much_answers_and_goes_on(own: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what it has, and from there."""
    monkeypatch.setattr(pages, "RECORDS", 10)
    ids = [stored(own.id, width=3000 if number % 9 == 0 else 4000, height=3500).image_id for number in range(28)]
    expected = [image_id for number, image_id in enumerate(ids) if number % 9 == 0][::-1]
    query, after, found, lengths = SearchQuery(orientation="portrait"), None, list[str](), list[int]()
    while True:
        page = use_cases.search(own, query, size=4, after=after)
        found += [image.image_id for image in page.images]
        lengths.append(len(page.images))
        if page.next is None:
            break
        after = page.next
    assert found == expected
    assert max(lengths) < 4
    back = use_cases.search(own, query, size=4, before=ids[0])
    further = use_cases.search(own, query, size=4, before=back.previous)
    assert [image.image_id for page in (back, further) for image in page.images] == expected[-2:-4:-1]


def test_an_empty_page_has_a_way_back(own: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "RECORDS", 5)
    newest = [stored(own.id, height=5000 if number == 14 else 3000).image_id for number in range(15)][-1]
    query = SearchQuery(orientation="portrait")
    first = use_cases.search(own, query, size=1)
    empty = use_cases.search(own, query, size=1, after=first.next)
    assert (empty.images, [image.image_id for image in first.images]) == ([], [newest])
    assert empty.previous
    before = use_cases.search(own, query, size=1, before=empty.previous)
    assert [image.image_id for image in (before.images or first.images)] == [newest]


@pytest.mark.parametrize(
    "query", [{}, {"q": "sea"}, {"tags": ("sea",)}, {"cameras": ("Canon EOS 40D",)}, {"lenses": ("ef 50mm f/1.8",)}]
)
def test_the_list_and_one_term_cost_one_query_and_one_batch(reader: Reader, query: dict[str, Any]) -> None:
    with hooks.counted_calls() as calls:
        use_cases.search(reader, SearchQuery(**query), size=50)
    assert calls == {"dynamodb.Query": 1, "dynamodb.BatchGetItem": 1}


def test_no_query_however_long_asks_for_more_than_its_budget(reader: Reader) -> None:
    words = " ".join(f"word{number}" for number in range(30))
    everything: dict[str, Any] = {"q": words, "tags": ("sea",) * 10, "near": Near(47, 8, 500), "cameras": ("x",) * 10}
    with hooks.counted_calls() as calls:
        use_cases.search(reader, SearchQuery(**everything), size=50)
    assert calls["dynamodb.Query"] <= pages.QUERIES
