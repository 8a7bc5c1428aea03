"""Every page of the library, in both themes, on a phone and a desk, before axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.library.finished import finish
from tests.library.in_browser import many_photos
from tests.support.accessibility import findings, views
from tests.support.browser import IN_BROWSER
from tests.support.people import Cast
from tests.support.pictures import make_jpeg

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from media_pipeline.record.models import Image

pytestmark = IN_BROWSER
FACTS: dict[str, Any] = {
    "format": "png",
    "camera_make": "Canon",
    "camera_model": "Canon EOS 40D",
    "taken_at": "2026-05-17T14:03:59",
    "latitude": 47.37,
    "longitude": -8.54,
    "exif": {"exposure_time": "1/250", "f_number": 4.5, "iso": 100},
    "colour": "#8a7f6b",
    "thumbhash": "1QcSHQRnh493V4dIh4eXh1h4kJUI",
    "stages": {"thumbnails": {"state": "done", "ms": 100}, "text": {"state": "failed", "ms": 9, "error": "Too late."}},
}


@pytest.fixture
def photos(announce: Callable[..., Image], visitor: Page) -> Page:
    """A tile in every state, and something in the trash."""
    from media_pipeline.access.readers import Reader
    from media_pipeline.images import use_cases
    from media_pipeline.record.models import Image, ReviewState

    jpeg = make_jpeg(width=600, height=400, seed=1)
    ready = announce("waiting.jpg")
    states = {
        "ready.jpg": {},
        "review.jpg": {"review": ReviewState.OPEN},
        "rejected.jpg": {"review": ReviewState.REJECTED},
        "failed.jpg": {"failure": "The file ends too early.", "attempts": 1},
    }
    for name, state in states.items():
        record = finish(announce(name, tags=["sea", "Harbour"]), jpeg, **FACTS, **state)
        ready = record if name == "ready.jpg" else ready
    name_somebody(ready)
    deleted = finish(announce("deleted.jpg"), jpeg)
    use_cases.delete(Reader(deleted.owner), deleted.image_id)
    assert Image.load(deleted.image_id)
    return visitor


def name_somebody(record: Image) -> None:
    from media_pipeline.access.readers import Reader
    from moderation.services.people import naming

    (face,) = naming.of_image(Reader(record.owner), record.image_id)
    naming.name(Reader(record.owner), face.pk, name="Ana")


def assert_accessible(page: Page) -> None:
    found = [f"{view}: {finding}" for view in views(page) for finding in findings(page)]
    assert not found, "\n".join(found)


PAGES = ["/", "/?filter", "/?tag=sea", "/?q=zebra", "/trash", "/people/", "/people/find", "/settings"]
NO_PAGES = ["/photos/00000000000000000000000000", "/?month=never"]


@pytest.mark.parametrize("path", [*PAGES, *NO_PAGES])
def test_pages(photos: Page, live_server: Any, path: str, complaints: list[str]) -> None:
    photos.goto(live_server.url + path)
    photos.wait_for_load_state("networkidle")
    assert_accessible(photos)
    complaints.clear()  # the browser reports a 404, and so it should


@pytest.mark.parametrize("path", ["/", "/trash", "/people/"])
def test_pages_with_nothing_on_them(visitor: Page, live_server: Any, path: str) -> None:
    visitor.goto(live_server.url + path)
    assert_accessible(visitor)


@pytest.mark.parametrize("path", ["/signin", "/signup", "/signup/sent", "/password-reset", "/password-reset/sent"])
def test_pages_for_anybody(page: Page, live_server: Any, path: str) -> None:
    page.goto(live_server.url + path)
    assert_accessible(page)


def test_somebody(photos: Page, live_server: Any) -> None:
    photos.goto(f"{live_server.url}/people/")
    photos.get_by_role("link", name="Edit Ana").click()
    assert_accessible(photos)
    photos.get_by_role("button", name="Forget Ana").first.click()
    assert_accessible(photos)


def test_the_slider_of_months(visitor: Page, live_server: Any, cast: Cast) -> None:
    many_photos.write(str(cast.owner.pk), many_photos.ids_of(200, months=4))
    page = visitor
    page.goto(live_server.url)
    page.mouse.move(300, 400)
    page.mouse.wheel(0, 300)
    slider = page.get_by_role("slider", name="Month")
    slider.focus()
    page.keyboard.press("ArrowDown")
    assert_accessible(page)


@pytest.mark.parametrize("name", ["ready.jpg", "failed.jpg"])
def test_one_photo(photos: Page, live_server: Any, name: str) -> None:
    page = photos
    page.goto(live_server.url)
    page.get_by_role("link", name=name).click()
    page.locator("dialog#viewer .info").wait_for()
    assert_accessible(page)
    page.reload()  # its own page
    assert_accessible(page)


def test_what_opens_over_the_grid(photos: Page, live_server: Any) -> None:
    page = photos
    page.goto(live_server.url)
    page.get_by_role("button", name="Account").click()
    assert_accessible(page)
    page.get_by_role("button", name="Keyboard shortcuts").click()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.locator("#months .frame").first.focus()
    page.keyboard.press("x")
    page.get_by_role("button", name="Tag", exact=True).click()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Move to Trash").last.click()
    page.locator(".toast").wait_for()
    assert_accessible(page)
