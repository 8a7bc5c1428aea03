"""Albums and links as people use them, in a real Chromium: with mouse, keyboard and as a guest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.library.finished import finish
from tests.support.browser import IN_BROWSER, expect
from tests.support.pictures import make_jpeg

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from media_pipeline.record.models import Image

pytestmark = IN_BROWSER


@pytest.fixture
def four(library: Page, site: str, announce: Callable[..., Image]) -> Page:
    for number, name in enumerate(["d.jpg", "c.jpg", "b.jpg", "a.jpg"], start=1):
        finish(announce(name), make_jpeg(width=600, height=400, seed=number))
    library.goto(site)
    return library


@pytest.fixture
def album(four: Page) -> Page:
    """The page of an album with a, b, c and d, made from a selection by keyboard alone."""
    page = four
    page.locator("#months .frame").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("End")
    page.keyboard.press("Shift+X")
    expect(page.locator("#selected")).to_have_text("4 selected")
    page.get_by_role("button", name="Add to album").press("Enter")
    page.get_by_label("Album for all selected").fill("Harbour")
    page.keyboard.press("Enter")
    expect(page.get_by_text("4 photos are in “Harbour”.")).to_be_visible()
    page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Albums").click()
    expect(page.get_by_text("4 photos", exact=True)).to_be_visible()
    page.get_by_role("link", name="Harbour").click()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Harbour")
    page.wait_for_load_state()
    return page


def names(page: Page) -> list[str]:
    return [str(image.get_attribute("alt"))[:1] for image in page.locator("#months .tile img").all()]


def test_the_order_is_changed_by_dragging_and_kept(album: Page) -> None:
    page = album
    assert names(page) == ["a", "b", "c", "d"]
    tiles = page.locator("#months .tile")
    with page.expect_response("**/move"):
        tiles.nth(3).drag_to(tiles.nth(0), target_position={"x": 10, "y": 100})
    assert names(page) == ["d", "a", "b", "c"]
    with page.expect_response("**/move"):
        box = tiles.nth(3).bounding_box()
        assert box
        tiles.nth(1).drag_to(tiles.nth(3), target_position={"x": box["width"] - 10, "y": 100})
    assert names(page) == ["d", "b", "c", "a"]
    page.reload()
    assert names(page) == ["d", "b", "c", "a"]


def test_the_order_is_changed_by_keyboard_and_by_buttons(album: Page) -> None:
    page = album
    page.locator("#months .frame").first.focus()
    for _ in range(2):
        with page.expect_response("**/move"):
            page.keyboard.press("Shift+ArrowRight")
    assert names(page) == ["b", "c", "a", "d"]
    expect(page.get_by_role("link", name="a.jpg")).to_be_focused()
    page.keyboard.press("x")
    with page.expect_response("**/move"):
        page.get_by_role("button", name="Move later").click()
    with page.expect_response("**/move"):
        page.get_by_role("button", name="Move earlier").click()
    page.keyboard.press("Escape")
    with page.expect_response("**/move"):
        page.get_by_role("link", name="d.jpg").press("Shift+ArrowLeft")
    page.reload()
    assert names(page) == ["b", "c", "d", "a"]


def test_photos_leave_an_album_and_come_back_from_the_trash(album: Page) -> None:
    page = album
    page.locator("#months .frame").first.focus()
    page.keyboard.press("x")
    page.get_by_role("button", name="Cover").click()
    expect(page.get_by_text("That is the cover now.")).to_be_visible()
    page.keyboard.press("x")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("1 photo is out of the album.")).to_be_visible()
    assert names(page) == ["b", "c", "d"]
    page.locator("#months .frame").first.focus()
    page.keyboard.press("Delete")
    expect(page.locator("#months .tile:visible")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#months .tile:visible")).to_have_count(3)
    page.get_by_role("textbox", name="Name").fill("Port")
    page.get_by_role("textbox", name="Name").press("Enter")
    expect(page.get_by_role("heading", name="Port", level=1)).to_be_attached()
    page.get_by_role("button", name="Delete album").click()
    page.locator("#delete-album").get_by_role("button", name="Delete album").click()
    expect(page.get_by_text("The album “Port” is deleted.")).to_be_visible()


def test_a_guest_sees_a_shared_album_until_the_link_is_revoked(album: Page, browser: Browser) -> None:
    page = album
    page.get_by_role("link", name="Share").click()
    page.get_by_label("1 day").check()
    page.get_by_label("Download it in full size").check()
    page.get_by_role("button", name="Create link").click()
    address = page.get_by_role("textbox", name="Link").input_value()

    visit = browser.new_context()
    guest = visit.new_page()
    complaints: list[str] = []
    guest.on("console", lambda message: complaints.append(message.text))
    guest.on("pageerror", lambda error: complaints.append(str(error)))
    guest.goto(address)
    expect(guest.get_by_role("heading", name="Harbour")).to_be_visible()
    pictures = guest.locator(".wall img")
    expect(pictures).to_have_count(4)
    assert pictures.first.evaluate("image => image.decode().then(() => image.naturalWidth)") == 600
    pictures.first.click()
    expect(guest.locator("picture img")).to_be_visible()
    with guest.expect_download() as arriving:
        guest.get_by_role("link", name="Download").click()
    assert arriving.value.path().read_bytes()[:2] == b"\xff\xd8"
    guest.get_by_role("link", name="All photos").click()
    expect(pictures).to_have_count(4)
    assert visit.cookies() == []
    assert complaints == []

    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("The link is revoked.")).to_be_visible()
    answer = guest.reload()
    assert answer
    assert answer.status == 404
    visit.close()


def test_a_script_that_fails_to_move_says_so(album: Page, complaints: list[str]) -> None:
    page = album
    page.route("**/move", lambda route: route.abort())
    page.locator("#months .frame").first.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_text("Not moved: the server did not answer.")).to_be_visible()
    page.get_by_role("button", name="Reload").click()
    page.wait_for_load_state()
    assert names(page) == ["a", "b", "c", "d"]
    complaints.clear()
