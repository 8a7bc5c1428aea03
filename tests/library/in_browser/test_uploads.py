"""Uploads while the network fails, in a real Chromium, on a whole Darkroom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.library.in_browser.dropping import drop, picture
from tests.support.browser import IN_BROWSER, expect

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = IN_BROWSER
STORAGE = "**/darkroom-local-originals-*"
EXPIRED = "<Error><Code>AccessDenied</Code><Message>Invalid according to Policy: Policy expired.</Message></Error>"


UNANSWERED = ("Failed to load resource", "htmx:", "undefined")  # how Chromium and htmx tell of a lost request


@pytest.fixture
def lossy(library: Page, complaints: list[str]) -> Iterator[Page]:
    """The browser says in its console what it could not fetch; here that is wanted."""
    yield library
    assert [line for line in complaints if not line.startswith(UNANSWERED)] == []
    complaints.clear()


def test_what_is_dropped_offline_goes_up_when_online(lossy: Page) -> None:
    page = lossy
    drop(page, picture("before.jpg"))  # the tray's code is there from now on
    expect(page.get_by_role("heading", name="1 added")).to_be_visible()
    page.context.set_offline(True)
    drop(page, *(picture(f"{number}.jpg") for number in range(3)))
    expect(page.locator("#tray li .figure").first).to_have_text("Waiting for the network")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="3 added")).to_be_visible()
    expect(page.locator(".tile[data-state=ready]")).to_have_count(4)


def test_broken_connections_are_tried_again_and_make_one_photo(lossy: Page) -> None:
    page, broken = lossy, []

    def break_twice(route: Route) -> None:
        if route.request.method == "POST" and len(broken) < 2:
            broken.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(STORAGE, break_twice)
    drop(page, picture("only.jpg"))
    expect(page.get_by_role("heading", name="1 added")).to_be_visible()
    expect(page.locator(".tile[data-state=ready]")).to_have_count(1)
    page.reload()
    expect(page.locator("#months .tile")).to_have_count(1)
    assert len(broken) == 2


def test_an_expired_form_is_announced_anew_for_the_same_photo(lossy: Page) -> None:
    page = lossy
    announced: list[Any] = []
    page.on("response", lambda answer: announced.append(answer) if answer.url.endswith("/uploads") else None)

    def expire_once(route: Route) -> None:
        if route.request.method == "POST" and len(announced) == 1:
            route.fulfill(status=403, body=EXPIRED, headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.continue_()

    page.route(STORAGE, expire_once)
    drop(page, picture("only.jpg"))
    expect(page.get_by_role("heading", name="1 added")).to_be_visible()
    assert len({answer.json()["image_id"] for answer in announced}) == 1
    assert len(announced) == 2
    expect(page.locator("#months .tile")).to_have_count(1)


def test_a_reload_offers_what_was_not_finished(lossy: Page, site: str) -> None:
    page = lossy
    page.on("dialog", lambda dialog: dialog.accept())  # Leave? Yes.
    page.route(STORAGE, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    drop(page, picture("dawn.jpg"), picture("dusk.jpg"))
    expect(page.locator("#tray li .figure").first).to_have_text("Trying again")
    page.goto(site)
    page.unroute(STORAGE)
    expect(page.get_by_role("heading", name="2 photos are not uploaded yet")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="2 added")).to_be_visible()
    expect(page.locator(".tile[data-state=ready]")).to_have_count(2)
    page.goto(site)
    expect(page.locator("#months .tile")).to_have_count(2)
    expect(page.locator("#tray")).to_be_hidden()


def test_what_is_discarded_is_not_offered_again(lossy: Page, site: str) -> None:
    page = lossy
    page.on("dialog", lambda dialog: dialog.accept())
    page.route(STORAGE, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    drop(page, picture("dawn.jpg"))
    expect(page.locator("#tray li .figure")).to_have_text("Trying again")
    page.goto(site)
    page.get_by_role("button", name="Discard").click()
    expect(page.locator("#tray")).to_be_hidden()
    page.wait_for_function("!localStorage.unfinished")
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#tray")).to_be_hidden()
