"""Through the list in both directions, and straight to a month."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.library.answers import HTMX
from tests.library.in_browser import many_photos
from tests.support.people import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]


@pytest.fixture
def ids(aws: object, cast: Cast) -> list[str]:
    """Sixty records a month for four months: 2026-11 back to 2026-08; no pictures."""
    found = many_photos.ids_of(240, months=4)
    many_photos.write(str(cast.owner.pk), found)
    return found


def shown(answer: Any) -> list[str]:
    return re.findall(r'id="tile-(\w{26})"', answer.content.decode())


def test_a_month_is_reached_without_what_lies_between(clients: Cast, ids: list[str]) -> None:
    answer = clients.owner.get("/?until=2026-09")
    september = [image_id for image_id in ids if many_photos.month_of(image_id) <= "2026-09"]
    assert shown(answer) == september[:50]
    assert f"?before={september[0]}" in answer.content.decode()
    assert f"?after={september[49]}" in answer.content.decode()


def test_the_way_back_up_ends_at_the_newest(clients: Cast, ids: list[str]) -> None:
    page = clients.owner.get(f"/?before={ids[80]}&shown=2026-10", headers=HTMX)
    assert shown(page) == ids[30:80]
    assert f"?before={ids[30]}" in page.content.decode()
    assert "?after=" not in page.content.decode()
    newest = clients.owner.get(f"/?before={ids[30]}", headers=HTMX)
    assert shown(newest) == ids[:30]
    assert "?before=" not in newest.content.decode()


def test_a_heading_that_is_there_is_continued_above(clients: Cast, ids: list[str]) -> None:
    september = [image_id for image_id in ids if many_photos.month_of(image_id) == "2026-09"]
    page = clients.owner.get(f"/?before={september[-1]}&shown=2026-09", headers=HTMX).content.decode()
    assert 'hx-swap-oob="afterend:#heading-2026-09"' in page
    assert 'id="month-2026-09"' not in page


def test_the_scrubber_counts_every_month_of_ones_own(clients: Cast, ids: list[str]) -> None:
    page = clients.owner.get("/months").content.decode()
    for month in ("2026-11", "2026-10", "2026-09", "2026-08"):
        count = sum(many_photos.month_of(image_id) == month for image_id in ids)
        assert re.search(rf'data-month="{month}" data-shown="\w+ 2026, {count} photos"', page)
    assert clients.stranger.get("/months").content.strip() == b""


@pytest.mark.parametrize("until", ["2026", "2026-13", "never", "\0", "9" * 10_000])
def test_a_month_that_is_none_is_refused(clients: Cast, until: str) -> None:
    assert clients.owner.get("/", {"until": until}).status_code == 400


def test_the_slider_leads_to_a_month_and_follows(visitor: Page, live_server: Any, ids: list[str]) -> None:
    many_photos.draw(ids)
    page = visitor
    page.goto(live_server.url)
    page.mouse.move(600, 400)
    page.mouse.wheel(0, 300)
    slider = page.get_by_role("slider", name="Month")
    slider.focus()
    page.wait_for_function("scrollY === 300")  # the page scrolls smoothly, and the slider follows it until it stands
    while slider.input_value() != "2":
        page.keyboard.press("ArrowDown")
    page.wait_for_url("**/?until=2026-09")
    assert page.locator("#months .tile").first.get_attribute("data-day").endswith("Sep")  # type: ignore[union-attr]
    assert "September 2026" in (slider.get_attribute("aria-valuetext") or "")

    first = page.locator("#months .tile").first
    before = first.bounding_box()
    assert before
    place = f"document.getElementById('{first.get_attribute('id')}').getBoundingClientRect().y"
    page.mouse.wheel(0, -60)  # what is newer comes in above, and nothing else moves
    page.locator("#month-2026-10").wait_for(state="attached")
    page.wait_for_function(f"Math.abs({place} - {before['y'] + 60}) < 2")
    page.mouse.wheel(0, -900)
    page.wait_for_function("document.querySelector('#month').value === '1'")
