"""What a page of the library may cost: calls of AWS, bytes of its own styles, and what a second visit fetches."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.staticfiles import finders

from media_pipeline.record.models import Image
from media_pipeline.search import terms
from tests.library.in_browser import many_photos
from tests.support import hooks
from tests.support.people import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

LIBRARY_CSS = 12_000  # bytes
PHOTOS = 60
SHIFTS = """self.shift = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { shift += entry.value; }))
    .observe({ type: 'layout-shift', buffered: true });"""
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]


@pytest.fixture
def photos(aws: object, cast: Cast) -> list[str]:
    library = str(cast.owner.pk)
    ids = many_photos.ids_of(PHOTOS, months=1)
    many_photos.write(library, ids)
    for image_id in ids:
        record = Image.load(image_id)
        assert record
        terms.write(library, ["word:img_harbour", "word:harbour"], image_id)
        record.change([Image.tags.set(["harbour"])], Image.image_id.exists())
    return ids


@pytest.mark.parametrize("path", ["/", "/?q=harbour", "/?tag=harbour", "/trash"])
def test_a_page_takes_one_query_one_batch_and_nothing_of_s3(clients: Cast, photos: object, path: str) -> None:
    with hooks.counted_calls() as calls:
        answer = clients.owner.get(path)
    assert answer.status_code == 200
    assert set(calls) <= {"dynamodb.Query", "dynamodb.BatchGetItem"}
    assert max(calls.values()) == 1


def test_the_styles_that_every_first_visit_waits_for_are_small() -> None:
    path = finders.find("library/library.css")
    assert path
    assert Path(str(path)).stat().st_size <= LIBRARY_CSS


def test_a_second_visit_fetches_no_thumbnail_again(
    visitor: Page, live_server: Any, photos: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing moves. Both visits are within one of the windows in which addresses stay the same."""
    begun = int(time.time())
    monkeypatch.setattr("media_pipeline.storage.presigning.window_end", lambda seconds: begun + seconds)
    many_photos.draw(photos)
    page = visitor
    page.add_init_script(SHIFTS)
    visit(page, live_server.url)
    assert page.evaluate("shift") < 0.05
    thumbnails, cached = watch(page)
    visit(page, live_server.url)
    assert len(thumbnails) > 10, "those in view were asked for"
    assert thumbnails == thumbnails & cached


def visit(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle")


def watch(page: Page) -> tuple[set[str], set[str]]:
    """The requests for thumbnails from now on, and all that the browser answers from its cache."""
    thumbnails: set[str] = set()
    cached: set[str] = set()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")

    def sent(event: dict[str, Any]) -> None:
        if "/thumbnails/" in event["request"]["url"]:
            thumbnails.add(event["requestId"])

    def received(event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            cached.add(event["requestId"])

    network.on("Network.requestWillBeSent", sent)
    network.on("Network.responseReceived", received)
    network.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    return thumbnails, cached
