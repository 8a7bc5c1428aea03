"""One photo in a real Chromium: larger, smaller, and whose faces are in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.library.finished import finish
from tests.support.browser import IN_BROWSER, expect
from tests.support.pictures import make_jpeg

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from media_pipeline.record.models import Image

pytestmark = IN_BROWSER
BOXES = [[0.2, 0.1, 0.1, 0.3], [0.6, 0.1, 0.1, 0.3]]


@pytest.fixture
def photo(visitor: Page, live_server: Any, announce: Callable[..., Image]) -> Page:
    """A photo of 3000 by 2000 with two faces, opened over the grid."""
    record = announce("harbour.jpg")
    found = [[f"{record.image_id}-{number}", *box, 99.0] for number, box in enumerate(BOXES, start=1)]
    finish(record, make_jpeg(600, 400), width=3000, height=2000, faces=found)
    visitor.goto(live_server.url)
    visitor.get_by_role("link", name="harbour.jpg").click()
    visitor.locator("dialog#viewer .info").wait_for()
    return visitor


def scale(page: Page) -> Locator:
    return page.get_by_label("Scale")


def test_keys_enlarge_reduce_and_contain(photo: Page) -> None:
    page = photo
    contained = scale(page).inner_text()
    page.keyboard.press("+")
    expect(scale(page)).not_to_have_text(contained)
    page.keyboard.press("-")
    expect(scale(page)).to_have_text(contained)
    page.keyboard.press("z")
    expect(scale(page)).to_have_text("100\u2009%")
    page.keyboard.press("+")
    expect(scale(page)).to_have_text("100\u2009%")  # never beyond one pixel of the image a pixel of the screen
    page.keyboard.press("0")
    expect(scale(page)).to_have_text(contained)


def test_the_wheel_keeps_what_is_under_the_pointer(photo: Page) -> None:
    page, sheet = photo, photo.locator("dialog .sheet")
    before = sheet.bounding_box()
    assert before
    x, y = before["x"] + before["width"] * 0.7, before["y"] + before["height"] * 0.4
    page.mouse.move(x, y)
    page.evaluate("window.rolled = 0, addEventListener('wheel', ({ deltaY }) => { rolled += deltaY; })")
    for _ in range(4):
        page.mouse.wheel(0, -200)
    page.wait_for_function("rolled === -800")
    after = sheet.bounding_box()
    assert after
    assert after["width"] > 1.5 * before["width"]
    assert after["x"] + after["width"] * 0.7 == pytest.approx(x, abs=3)
    assert after["y"] + after["height"] * 0.4 == pytest.approx(y, abs=12)  # it stays centred until it fills the height
    page.mouse.down()
    page.mouse.move(x - 100, y - 20, steps=4)
    page.mouse.up()
    dragged = sheet.bounding_box()
    assert dragged
    assert dragged["x"] == pytest.approx(after["x"] - 100, abs=3)
    page.mouse.dblclick(x, y)
    expect(page.locator(".zoomed")).to_have_count(0)


def test_faces_are_outlined_and_a_click_leads_to_their_names(photo: Page) -> None:
    page, sheet, face = photo, photo.locator("dialog .sheet").bounding_box(), photo.locator("dialog .face").first
    box = face.bounding_box()
    assert sheet
    assert box
    assert box["x"] == pytest.approx(sheet["x"] + 0.2 * sheet["width"], abs=2)
    assert box["height"] == pytest.approx(0.3 * sheet["height"], abs=2)
    field = page.get_by_label("Name of face 1")
    expect(field).to_be_visible()
    face.get_by_role("button", name="Say who this is").click()
    expect(field).to_be_focused()
    page.keyboard.type("Ana")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Not Ana")).to_be_visible()
    expect(face).to_contain_text("Ana")
    expect(face).not_to_have_class("face unnamed")
    page.get_by_role("button", name="Not Ana").click()
    expect(page.get_by_role("button", name="Not Ana")).to_have_count(0)
    expect(face).to_have_class("face unnamed")
    page.locator("dialog h2").first.click()
    page.keyboard.press("b")
    expect(face).to_be_hidden()
