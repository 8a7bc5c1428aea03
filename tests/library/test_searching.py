"""Filters in the address: what they find, what they cost, and what becomes of nonsense."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.http import QueryDict

from media_pipeline.errors import InvalidRequestError
from media_pipeline.library import views
from media_pipeline.library.filters import MAX_FILTERS, MAX_LENGTH, Filters
from media_pipeline.record.models import Image
from tests.library.answers import HTMX, text, tile_ids
from tests.support import hooks
from tests.support.people import Cast

pytestmark = [pytest.mark.usefixtures("aws"), pytest.mark.django_db]


def months_shown(page: str) -> str:
    return page.partition('id="months"')[2].partition("</main>")[0]


def test_words_and_tags_find_what_has_all_of_them(clients: Cast, announce: Callable[..., Image]) -> None:
    both = announce("a.jpg", title="Red harbour", tags=["Sea"])
    announce("b.jpg", title="Red hills")
    announce("c.jpg", title="Blue", tags=["Sea"])
    assert tile_ids(clients.owner.get("/", {"q": "RED", "tag": "sea"})) == [both.image_id]
    assert tile_ids(clients.owner.get("/", {"q": ["harbour", "red"]})) == [both.image_id]
    assert tile_ids(clients.stranger.get("/", {"q": "red"})) == []


def test_what_was_found_is_one_stream_without_months(clients: Cast, announce: Callable[..., Image]) -> None:
    announce(title="Red")
    page = text(clients.owner.get("/", {"q": "red"}))
    assert re.findall(r'<section class="month" id="([\w-]+)"', months_shown(page)) == ["month-found"]
    assert "1 found" in page


def test_each_filter_has_a_link_that_takes_only_it_away(clients: Cast) -> None:
    page = text(clients.owner.get("/", {"q": ["a&b", "c"], "label": "Flower", "month": "2026-09"}))
    assert re.findall(r'href="\?([^"]*)" data-do="unfilter" aria-label="Remove ([^"]+)"', page) == [
        ("q=c&label=Flower&month=2026-09", "Words: a&b"),
        ("q=a%26b&label=Flower&month=2026-09", "Words: c"),
        ("q=a%26b&q=c&month=2026-09", "Label: Flower"),
        ("q=a%26b&q=c&label=Flower", "Month: September 2026"),
    ]


def test_the_search_box_keeps_the_filters_that_are_there(clients: Cast) -> None:
    page = text(clients.owner.get("/", {"q": "red", "camera": "Canon"}))
    box = page.partition('role="search"')[2].partition("</form>")[0]
    assert re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', box) == [("q", "red"), ("camera", "Canon")]


def test_nothing_found_is_told_from_an_empty_library(clients: Cast) -> None:
    page = text(clients.owner.get("/", {"q": "zebra"}))
    assert "Nothing found" in page
    assert "No photos yet" not in page


def test_results_go_on_where_the_page_before_ended(
    clients: Cast, announce: Callable[..., Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    made = [announce(f"{number}.jpg", title="Red & round").image_id for number in range(3)][::-1]
    announce("other.jpg", title="Blue")
    first = clients.owner.get("/", {"q": "round &"})
    assert tile_ids(first) == made[:2]
    onward = re.search(r'hx-get="\?([^"]+)"', text(first))
    assert onward
    second = clients.owner.get(f"/?{onward[1]}", headers=HTMX)
    assert tile_ids(second) == made[2:]
    assert "beforeend:#month-found" in text(second)
    assert "hx-get" not in months_shown(text(clients.owner.get("/", {"q": "round &", "after": made[1]})))


def test_a_page_whose_budget_found_nothing_goes_on(
    clients: Cast, announce: Callable[..., Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not claim that there is nothing."""
    from media_pipeline.images import use_cases
    from media_pipeline.search.pages import Page

    position = announce().image_id
    monkeypatch.setattr(use_cases, "search", lambda *_, **__: Page([], next=position, previous=None))
    page = text(clients.owner.get("/", {"q": "rare"}))
    assert re.search(r'id="empty" hidden>', page)
    assert f"q=rare&after={position}&shown=found" in page
    assert "found</output>" not in page
    again = text(clients.owner.get("/", {"q": "rare", "after": position, "shown": "found"}, headers=HTMX))
    assert f"q=rare&after={position}&shown=found" in again


def test_one_word_costs_one_query_and_one_batch(clients: Cast, announce: Callable[..., Image]) -> None:
    announce(title="Red")
    with hooks.counted_calls() as calls:
        answer = clients.owner.get("/", {"q": "red"})
    assert len(tile_ids(answer)) == 1
    assert calls == {"dynamodb.Query": 1, "dynamodb.BatchGetItem": 1}


# The column


def test_the_column_offers_what_the_library_holds_with_counts(clients: Cast, announce: Callable[..., Image]) -> None:
    for number in range(2):
        announce(f"{number}.jpg", tags=["Sea"])
    announce("c.jpg", tags=["Night"])
    page = text(clients.owner.get("/", {"filter": "", "tag": "sea"}))
    column = page.partition('id="column"')[2].partition("</form>")[0]
    choices = re.findall(r'name="tag" value="(\w+)" id="tag-\d"( checked)? ?>\w+ <span>(\d+)</span>', column)
    assert choices == [("Sea", " checked", "2"), ("Night", "", "1")]
    assert re.search(r'type="radio" name="month" value="\d{4}-\d\d"', column)
    assert 'name="tag" value="sea"' not in column, "it is among the choices"
    assert "Apply" in column


def test_the_column_sends_along_filters_it_does_not_offer(clients: Cast) -> None:
    page = text(clients.owner.get("/", {"filter": "", "q": "red", "label": "Gone"}))
    column = page.partition('id="column"')[2].partition("</form>")[0]
    assert re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', column) == [("q", "red"), ("label", "Gone")]


def test_facets_are_counted_only_for_who_opens_the_column(clients: Cast) -> None:
    assert 'id="column"' not in text(clients.owner.get("/"))


# Nonsense


@pytest.mark.parametrize(
    "value", ["' OR 1=1 --", "<script>alert(1)</script>", "🦄", "\x00", "-", "--", "é" * MAX_LENGTH]
)
@pytest.mark.parametrize("name", ["q", "tag", "label", "camera"])
def test_hostile_values_find_nothing_and_stay_text(clients: Cast, name: str, value: str) -> None:
    answer = clients.owner.get("/", {name: value, "filter": ""})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "month=2026-13",
        "month=0000-01",
        "month=x",
        "q=" + "x" * 10_000,
        "&".join(f"tag={n}" for n in range(MAX_FILTERS + 1)),
    ],
)
def test_what_nobody_can_have_meant_is_refused_in_a_sentence(clients: Cast, address: str) -> None:
    with hooks.counted_calls() as calls:
        answer = clients.owner.get(f"/?{address}")
    assert answer.status_code == 400
    assert not calls


def test_filters_are_trimmed_and_never_twice() -> None:
    filters = Filters.read(QueryDict("q= red &q=red&q=&month=2026-08&month=2026-09"))
    assert filters.address() == "q=red&month=2026-09"


def test_a_month_ends_on_its_last_day() -> None:
    query = Filters.read(QueryDict("month=2024-02")).query()
    assert (str(query.uploaded_after), str(query.uploaded_before)) == ("2024-02-01", "2024-02-29")
    with pytest.raises(InvalidRequestError):
        Filters.read(QueryDict("month=2026-99")).query()
