"""Searching and choosing, in a real Chromium, on a whole Darkroom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.library.finished import finish
from tests.support.browser import IN_BROWSER, expect
from tests.support.pictures import make_jpeg

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from media_pipeline.record.models import Image

pytestmark = IN_BROWSER


@pytest.fixture
def three(library: Page, site: str, announce: Callable[..., Image]) -> Page:
    """A library with red.jpg, green.jpg and blue.jpg, newest first, as a visitor finds it."""
    for number, name in enumerate(["blue.jpg", "green.jpg", "red.jpg"], start=1):
        finish(announce(name), make_jpeg(width=600, height=400, seed=number))
    library.goto(site)
    return library


def shown(page: Page) -> list[str]:
    return [str(image.get_attribute("alt")) for image in page.locator("#months .tile:visible img").all()]


def test_words_are_searched_shown_as_a_chip_and_taken_away(three: Page) -> None:
    """By key, and with backspace."""
    page, box = three, three.get_by_role("searchbox", name="Search photos")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("green")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Remove Words: green")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?q=green$"))
    assert shown(page) == ["green.jpg"]
    expect(page.get_by_text("1 found")).to_be_visible()
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="green.jpg")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.press("Backspace")
    expect(page.locator("#months .tile")).to_have_count(3)
    expect(box).to_be_focused()
    page.go_back()
    expect(page.get_by_role("link", name="Remove Words: green")).to_be_visible()


def test_what_is_not_there_is_said_with_a_way_back(three: Page) -> None:
    page = three
    page.get_by_role("searchbox").fill("zebra")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.get_by_role("link", name="Show all photos").click()
    expect(page.locator("#months .tile")).to_have_count(3)


def test_the_column_narrows_down_and_keeps_the_focus(three: Page) -> None:
    page = three
    page.get_by_role("link", name="red.jpg").click()
    page.locator("dialog").get_by_label("Add a tag").fill("Harbour")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove tag: Harbour")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Filter", exact=True).click()
    choice = page.get_by_role("checkbox", name="Harbour 1")
    choice.check()
    expect(page.get_by_role("link", name="Remove Tag: Harbour")).to_be_visible()
    assert shown(page) == ["red.jpg"]
    expect(choice).to_be_focused()
    expect(choice).to_be_checked()
    choice.uncheck()
    expect(page.locator("#months .tile")).to_have_count(3)


def test_arrows_in_a_found_photo_stay_among_what_was_found(three: Page, site: str) -> None:
    page = three
    page.goto(f"{site}/?q=-green")
    assert shown(page) == ["red.jpg", "blue.jpg"]
    page.get_by_role("link", name="red.jpg").click()
    dialog = page.locator("dialog#viewer")
    expect(dialog.get_by_role("img", name="red.jpg")).to_be_visible()
    expect(dialog.get_by_role("link", name="Previous photo")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("img", name="blue.jpg")).to_be_visible()
    expect(dialog.get_by_role("link", name="Next photo")).to_have_count(0)


def test_photos_chosen_by_keys_go_into_the_trash_and_back(three: Page) -> None:
    page = three
    tiles = page.locator("#months .tile:visible")
    page.get_by_role("link", name="red.jpg").focus()
    page.keyboard.press("x")
    page.keyboard.press("End")
    page.keyboard.press("Shift+X")
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#selection")).to_be_hidden()
    page.keyboard.press("x")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("x")
    page.keyboard.press("Delete")
    expect(page.get_by_text("2 photos are in the Trash.")).to_be_visible()
    expect(tiles).to_have_count(1)
    expect(page.get_by_role("link", name="red.jpg")).to_be_focused()
    expect(page.locator("#selection")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(tiles).to_have_count(3)


def test_the_trash_gives_back_what_is_chosen(three: Page, site: str) -> None:
    page = three
    page.get_by_role("checkbox", name="Select red.jpg").check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.get_by_role("link", name="green.jpg").click(modifiers=["Shift"])
    page.get_by_role("button", name="Move to Trash").click()
    expect(page.get_by_text("2 photos are in the Trash.")).to_be_visible()
    page.goto(f"{site}/trash")
    page.get_by_role("checkbox", name="Select red.jpg").check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.get_by_role("link", name="green.jpg").click()
    page.locator("#selection").get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_text("2 photos are back among your photos.")).to_be_visible()
    expect(page.get_by_role("heading", name="The Trash is empty")).to_be_visible()


def test_a_tag_goes_to_all_chosen_and_can_be_undone(three: Page) -> None:
    from media_pipeline.record.models import Image

    page = three
    chosen = page.locator("#months .tile").filter(has=page.get_by_role("img", name=re.compile("red|blue")))
    ids = [str(tile.get_attribute("id")).removeprefix("tile-") for tile in chosen.all()]
    for name in ("red.jpg", "blue.jpg"):
        page.get_by_role("checkbox", name=f"Select {name}").check()
    expect(page.get_by_label("Tag for all selected")).to_be_hidden()
    page.get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_label("Tag for all selected")).to_be_focused()
    page.keyboard.type("Sea")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 photos are tagged “Sea”.")).to_be_visible()
    assert [record.tags for record in Image.load_many(ids)] == [["Sea"], ["Sea"]]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 photos are without the tag “Sea” again.")).to_be_visible()
    assert [record.tags for record in Image.load_many(ids)] == [None, None]


def test_a_long_press_chooses_then_taps_do(three: Page) -> None:
    page = three
    fingers = page.context.new_cdp_session(page)
    fingers.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.reload()
    page.wait_for_load_state("networkidle")

    @contextmanager
    def touching(name: str) -> Iterator[None]:
        box = page.get_by_role("img", name=name).bounding_box()
        assert box
        at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        fingers.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
        yield
        fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    with touching("green.jpg"):
        expect(page.get_by_text("1 selected")).to_be_visible()
    with touching("blue.jpg"):
        page.wait_for_timeout(50)
    expect(page.get_by_text("2 selected")).to_be_visible()
    with touching("green.jpg"):
        page.wait_for_timeout(50)
    expect(page.get_by_text("1 selected")).to_be_visible()
    expect(page.locator("dialog#viewer")).to_be_hidden()


def test_outlines_of_faces_stay_off_once_switched_off(three: Page) -> None:
    page = three
    page.get_by_role("link", name="red.jpg").click()
    dialog = page.locator("dialog#viewer")
    outline, picture = dialog.get_by_role("list", name="Faces"), dialog.get_by_role("img", name="red.jpg")
    expect(outline).to_be_visible()
    face, whole = outline.get_by_role("listitem").bounding_box(), picture.bounding_box()
    assert face
    assert whole
    assert face["x"] - whole["x"] == pytest.approx(whole["width"] * 0.25, abs=5)
    assert face["height"] == pytest.approx(whole["height"] * 0.4, abs=5)
    button = dialog.get_by_role("button", name="Outline faces")
    expect(button).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("b")
    expect(outline).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("img", name="green.jpg")).to_be_visible()
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(outline).to_be_visible()
