"""Pages of a search: to the end and back, within a budget, and what one costs."""

from __future__ import annotations

from typing import Any

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.images import use_cases
from media_pipeline.search import pages
from media_pipeline.search.places import Near
from media_pipeline.search.query import SearchQuery
from tests.search.stored_images import stored
from tests.support import hooks

pytestmark = pytest.mark.usefixtures("aws")


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
