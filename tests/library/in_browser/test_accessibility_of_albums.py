"""The pages of albums, links and guests, and what asks before something is gone, before axe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.library.in_browser.test_accessibility import assert_accessible, photos
from tests.support.browser import IN_BROWSER

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = IN_BROWSER
__all__ = ["photos"]  # a fixture


@pytest.fixture
def album(photos: Page, live_server: Any) -> Page:
    """The page of an album with the photo that is ready, the one in review and the one that failed."""
    page = photos
    page.goto(live_server.url)
    for name in ("ready.jpg", "review.jpg", "failed.jpg"):
        page.get_by_label(f"Select {name}").check(force=True)
    page.get_by_role("button", name="Add to album").click()
    page.get_by_label("Album for all selected").fill("Summer")
    assert_accessible(page)
    with page.expect_response("**/photos/album"):
        page.keyboard.press("Enter")
    page.goto(f"{live_server.url}/albums/")
    page.get_by_role("link", name="Summer").click()
    page.wait_for_load_state("networkidle")
    return page


def test_albums(album: Page, live_server: Any) -> None:
    page = album
    assert_accessible(page)
    page.get_by_role("button", name="Delete album").click()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.locator("#months .frame").first.focus()
    page.keyboard.press("x")
    page.get_by_role("button", name="Download").click()
    assert_accessible(page)
    page.goto(f"{live_server.url}/albums/")
    assert_accessible(page)


def test_links_and_guests(album: Page, live_server: Any) -> None:
    page = album
    page.get_by_role("link", name="Share").click()
    page.get_by_label("Download it in full size").check()
    page.get_by_role("button", name="Create link").click()
    address = page.get_by_role("textbox", name="Link").input_value()
    assert_accessible(page)
    page.goto(f"{live_server.url}/links")
    assert_accessible(page)
    page.goto(address)
    assert_accessible(page)
    page.locator(".wall a").first.click()
    page.wait_for_url(re.compile(r"/s/[^/]+/\w{26}$"))
    assert_accessible(page)


def test_what_cannot_be_undone_is_asked_first(photos: Page, live_server: Any) -> None:
    page = photos
    page.goto(f"{live_server.url}/trash")
    page.get_by_role("button", name="Empty trash").click()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.locator("#months .frame").first.focus()
    page.keyboard.press("x")
    page.get_by_role("button", name="Delete for good…").click()
    assert_accessible(page)


def test_an_appeal(photos: Page, live_server: Any) -> None:
    page = photos
    page.goto(live_server.url)
    page.get_by_role("link", name="rejected.jpg").click()
    page.get_by_label("Is the decision wrong?").wait_for()
    assert_accessible(page)
