"""What a person does, in a real Chromium, on a whole Darkroom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.library.in_browser.dropping import drop, picture
from tests.support.browser import IN_BROWSER, expect
from tests.support.pictures import make_jpeg

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = IN_BROWSER


def test_dropped_photos_appear_become_ready_and_open(library: Page) -> None:
    page = library
    names = ["dawn.jpg", "noon.jpg", "dusk.jpg"]
    drop(page, *(picture(name, width=900, height=600 + 150 * n) for n, name in enumerate(names)))
    tiles = page.locator("#months .tile")
    expect(tiles).to_have_count(3)
    expect(page.get_by_role("heading", name="3 added")).to_be_visible()
    expect(page.locator(".tile[data-state=ready] img")).to_have_count(3)
    expect(page.locator(".tile input[name=tile]")).to_have_count(0)

    page.get_by_role("link", name="noon.jpg").click()
    dialog = page.locator("dialog#viewer")
    expect(dialog.get_by_role("img", name="noon.jpg")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/photos/\w{26}$"))
    for stage in ("Thumbnails", "Optimise", "Metadata"):
        expect(dialog.get_by_text(stage)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("img", name="dawn.jpg")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="dawn.jpg")).to_be_focused()


def test_a_damaged_file_says_so_and_the_others_go_on(library: Page, complaints: list[str]) -> None:
    page = library
    damaged = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": make_jpeg(seed=7)[:9000]}
    drop(page, damaged, picture("whole.jpg"), {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"words"})
    expect(page.locator(".tile[data-state=ready]")).to_have_count(1)
    failed = page.locator(".tile[data-state=failed]")
    expect(failed).to_contain_text("broken.jpg")
    expect(failed.locator(".reason")).not_to_be_empty()
    refused = page.locator("#tray li.bad")
    expect(refused).to_contain_text("notes.txt")
    expect(refused).to_contain_text("Files of type text/plain are not taken.")
    expect(refused.get_by_role("button", name="Retry")).to_be_visible()
    assert [line for line in complaints if "400 (Bad Request)" not in line] == []
    complaints.clear()
    failed.get_by_role("button", name="Remove").click()
    expect(page.locator("#months .tile:visible")).to_have_count(1)


def test_a_photo_goes_into_the_trash_by_key_and_comes_back(library: Page) -> None:
    """By undo, and from the trash."""
    page = library
    drop(page, picture("only.jpg"))
    tile = page.locator(".tile[data-state=ready] .frame")
    tile.focus()
    page.keyboard.press("Delete")
    expect(tile).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(tile).to_be_visible()

    tile.click()
    page.locator("dialog").get_by_role("button", name="Move to Trash").click()
    expect(page.get_by_text("“only.jpg” is in the Trash.")).to_be_visible()
    page.get_by_role("link", name="Trash").first.click()
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_role("heading", name="The Trash is empty")).to_be_visible()


def test_title_and_tags_are_edited_in_place_and_kept(library: Page) -> None:
    page = library
    drop(page, picture("only.jpg"))
    page.locator(".tile[data-state=ready] .frame").click()
    dialog = page.locator("dialog")
    dialog.get_by_label("Title").fill("Harbour")
    dialog.get_by_label("Title").press("Enter")
    expect(page).to_have_title("Harbour · Darkroom")
    dialog.get_by_label("Add a tag").fill("sea")
    dialog.get_by_label("Add a tag").press("Enter")
    expect(dialog.get_by_role("button", name="Remove tag: sea")).to_be_visible()
    page.reload()  # the address is now that of the photo's own page
    expect(page.get_by_label("Title")).to_have_value("Harbour")
    expect(page.get_by_role("button", name="Remove tag: sea")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="Harbour")).to_be_visible()


def test_arrows_move_through_a_grid_that_is_one_tab_stop(library: Page) -> None:
    page = library
    drop(page, *(picture(f"{number}.jpg") for number in range(3)))
    expect(page.locator(".tile[data-state=ready]")).to_have_count(3)
    frames = page.locator("#months .frame")
    frames.first.focus()
    page.keyboard.press("ArrowRight")
    expect(frames.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(frames.nth(2)).to_be_focused()
    assert page.locator("#months .tile:has([tabindex='0'])").count() == 1
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()


def test_rows_are_exactly_full_and_nothing_shifts(library: Page, site: str) -> None:
    page = library
    sizes = [(900, 600), (600, 900), (1200, 500), (800, 800), (900, 500), (700, 900), (1000, 700), (900, 600)]
    drop(page, *(picture(f"{n}.jpg", width=w, height=h) for n, (w, h) in enumerate(sizes)))
    expect(page.locator(".tile[data-state=ready]")).to_have_count(len(sizes))
    page.add_init_script(
        "self.shift = 0; new PerformanceObserver((list) => list.getEntries().forEach((e) => { shift += e.value; }))"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    page.goto(site)
    page.wait_for_load_state("networkidle")
    boxes = [box for tile in page.locator("#months .tile").all() if (box := tile.bounding_box())]
    inner = page.locator("#months").bounding_box()
    assert inner
    tops = sorted({box["y"] for box in boxes})
    assert len(tops) > 1
    for top in tops[:-1]:
        right = max(box["x"] + box["width"] for box in boxes if box["y"] == top)
        assert right == pytest.approx(inner["x"] + inner["width"], abs=0.5)
    assert page.evaluate("shift") < 0.05


def test_the_chosen_theme_stays(library: Page) -> None:
    page = library
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Light or dark").click()
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 22, 22)"
    assert page.evaluate("localStorage.theme") == "dark"


def test_a_first_visit_needs_few_requests_and_little_text(library: Page, site: str) -> None:
    page = library
    page.goto(site)
    page.wait_for_load_state("networkidle")
    own = page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".filter((entry) => entry.name.startsWith(location.origin)).map((entry) => entry.encodedBodySize)"
    )
    assert len(own) < 15
    assert sum(own) < 100_000, "fifty tiles come on top"


def test_a_photo_that_is_gone_leaves_the_grid_as_it_was(library: Page, complaints: list[str], site: str) -> None:
    from media_pipeline.record.models import Image

    page = library
    drop(page, picture("only.jpg"))
    tile = page.locator(".tile[data-state=ready]")
    expect(tile).to_have_count(1)
    image_id = (tile.get_attribute("id") or "").removeprefix("tile-")
    Image(image_id).change([Image.owner.set("somebody else")], Image.image_id.exists())
    tile.locator(".frame").click()
    expect(page.get_by_text("It is no longer there. Reload the page.")).to_be_visible()
    expect(page).to_have_url(f"{site}/")
    expect(page.locator("dialog#viewer")).to_be_hidden()
    assert [line for line in complaints if "404" not in line] == []
    complaints.clear()
