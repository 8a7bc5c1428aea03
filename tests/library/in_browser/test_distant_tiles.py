"""Tiles far from the window are not on the page; nobody who scrolls, types or chooses notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.library.in_browser import many_photos
from tests.support.people import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

sync_api = pytest.importorskip("playwright.sync_api", reason="pytest-playwright is not installed")
expect = sync_api.expect

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]
COUNT = 350
HEIGHT = "document.documentElement.scrollHeight"


@pytest.fixture(scope="module")
def drawn(aws: object) -> list[str]:
    found = many_photos.ids_of(COUNT, months=2)
    many_photos.draw(found, part=10)
    return found


@pytest.fixture
def ids(drawn: list[str], cast: Cast) -> list[str]:
    many_photos.write(str(cast.owner.pk), drawn)
    return drawn


@pytest.fixture
def at_the_end(visitor: Page, live_server: Any, ids: list[str]) -> Page:
    """All photos have been scrolled through."""
    page = visitor
    page.goto(live_server.url)
    while page.locator("#months .more").count():
        page.evaluate(f"scrollTo({{ top: {HEIGHT}, behavior: 'instant' }})")
        page.wait_for_timeout(100)
    expect(page.locator(f"#tile-{ids[-1]}")).to_be_attached()
    return page


def tile(page: Page, image_id: str) -> Any:
    return page.locator(f"#tile-{image_id}")


def to(page: Page, top: str) -> None:
    page.evaluate(f"scrollTo({{ top: {top}, behavior: 'instant' }})")


def test_tiles_far_away_leave_and_come_back_where_they_were(at_the_end: Page, ids: list[str]) -> None:
    page = at_the_end
    expect(tile(page, ids[120])).to_have_count(0)
    assert page.locator("#months .tile").count() < COUNT
    assert page.get_by_text("Fri 20 Nov").count(), "days are found by the browser's own search"
    height = page.evaluate(HEIGHT)
    to(page, "0")
    expect(tile(page, ids[0])).to_be_in_viewport()
    expect(tile(page, ids[-1])).to_have_count(0)
    to(page, f"{HEIGHT} * 120 / {COUNT}")
    expect(tile(page, ids[120])).to_be_attached()
    page.wait_for_function(f"{HEIGHT} === {height}")
    assert page.locator("#months .tile:not([style])").count() == 0


def test_keys_lead_to_tiles_that_had_left(at_the_end: Page, ids: list[str]) -> None:
    page = at_the_end
    tile(page, ids[-1]).locator(".frame").focus()
    page.keyboard.press("Home")
    expect(tile(page, ids[0]).locator(".frame")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(tile(page, ids[1]).locator(".frame")).to_be_focused()
    expect(tile(page, ids[-1])).to_have_count(0)
    page.keyboard.press("End")
    expect(tile(page, ids[-1]).locator(".frame")).to_be_focused()


def test_keys_lead_a_row_down_and_back_up(at_the_end: Page, ids: list[str]) -> None:
    page = at_the_end
    page.keyboard.press("Home")
    first = tile(page, ids[0]).locator(".frame")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(first).not_to_be_focused()
    below = page.locator("#months .frame:focus").bounding_box()
    above = first.bounding_box()
    assert below
    assert above
    assert above["y"] < below["y"] < above["y"] + 2 * above["height"]
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()


def test_the_focused_and_the_chosen_tiles_stay(at_the_end: Page, ids: list[str]) -> None:
    page = at_the_end
    tile(page, ids[-1]).locator(".frame").focus()
    page.keyboard.press("x")
    page.keyboard.press("Home")
    expect(tile(page, ids[0]).locator(".frame")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("#selected")).to_have_text("2 selected")
    page.wait_for_timeout(300)
    page.keyboard.press("Delete")
    expect(page.get_by_text("2 photos are in the Trash")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(tile(page, ids[0])).to_be_visible()
    expect(tile(page, ids[-1])).not_to_have_attribute("hidden", "")


def test_a_range_takes_in_what_had_left(at_the_end: Page, ids: list[str]) -> None:
    page = at_the_end
    tile(page, ids[-1]).locator(".frame").focus()
    page.keyboard.press("x")
    page.keyboard.press("Home")
    page.keyboard.press("X")
    expect(page.locator("#selected")).to_have_text(f"{COUNT} selected")


def test_another_width_lays_out_what_comes_back(at_the_end: Page, ids: list[str]) -> None:
    page = at_the_end
    page.set_viewport_size({"width": 700, "height": 800})
    page.keyboard.press("Home")
    expect(tile(page, ids[0])).to_be_in_viewport()
    to(page, f"{HEIGHT} * 175 / {COUNT}")
    right = "Math.max(...[...document.querySelectorAll('#months .tile')].map((t) => t.getBoundingClientRect().right))"
    page.wait_for_function(f"675 <= {right} && {right} <= 700")
    expect(tile(page, ids[175])).to_be_attached()
    boxes = page.evaluate("[...document.querySelectorAll('#months .tile')].map((t) => t.getBoundingClientRect().right)")
    assert max(boxes) <= 700
    assert max(boxes) >= 675, "rows are full"
