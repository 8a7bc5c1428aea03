"""Several photos as one zip, made by a real Chromium and opened with Python's own reader."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from media_pipeline.record.models import Image
from media_pipeline.storage import buckets
from tests.library.in_browser.dropping import drop, picture
from tests.support.browser import IN_BROWSER, expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = IN_BROWSER
HOSTILE = "..\u202e<b>𝄞 é:*?.jpg"


@pytest.fixture
def originals(library: Page) -> list[bytes]:
    """What was uploaded, in the order of the grid: newest first, two of one name."""
    pictures = [picture(name, width=600, height=400) for name in ["sea.jpg", "sea.jpg", HOSTILE]]
    drop(library, *pictures)
    expect(library.locator(".tile[data-state=ready] img")).to_have_count(3)
    library.reload()
    library.wait_for_load_state()
    return [each["buffer"] for each in pictures[::-1]]


def choose_all(page: Page) -> None:
    page.locator("#months .frame").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("End")
    page.keyboard.press("Shift+X")
    expect(page.locator("#selected")).to_have_text("3 selected")
    page.get_by_role("button", name="Download").click()


def opened(data: bytes) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    return archive


@pytest.mark.parametrize("size", ["Originals", "Web size, JPEG"])
def test_a_zip_arrives_whole_with_every_name_once(library: Page, originals: list[bytes], size: str) -> None:
    page = library
    choose_all(page)
    with page.expect_download() as arriving:
        page.get_by_role("button", name=size).click()
    archive = opened(arriving.value.path().read_bytes())
    assert arriving.value.suggested_filename.startswith("Darkroom 20")
    expect(page.get_by_role("heading", name="3 photos downloaded")).to_be_visible()
    hostile, *plain = archive.namelist()
    assert plain == ["sea.jpg", "sea (2).jpg"]
    assert not set('/\\:*?"<>|').intersection(hostile)
    assert hostile.endswith("𝄞 é___.jpg")
    expected = originals if size == "Originals" else [web(image_id) for image_id in ids(page)]
    assert [archive.read(name) for name in archive.namelist()] == expected


def web(image_id: str) -> bytes:
    rendition = Image.load_many([image_id])[0].rendition("jpeg")
    assert rendition
    return buckets.fetch_rendition(image_id, rendition) or b""


def test_a_file_that_is_gone_is_named_and_the_others_arrive(
    library: Page, originals: list[bytes], complaints: list[str]
) -> None:
    page = library
    record = next(each for each in Image.load_many(ids(page)) if each.filename == "sea.jpg")
    assert record.change([Image.version_id.set("gone")], Image.image_id.exists())
    choose_all(page)
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Originals").click()
    assert len(opened(arriving.value.path().read_bytes()).namelist()) == 2
    expect(page.get_by_role("heading", name="2 of 3 photos downloaded")).to_be_visible()
    expect(page.locator(".download li")).to_contain_text("sea.jpg The storage did not hand it out.")
    assert all("Failed to load resource" in complaint for complaint in complaints)
    complaints.clear()


def test_a_download_can_be_cancelled(library: Page, originals: list[bytes]) -> None:
    page = library
    page.route("**/original/**", lambda _: None)  # never answered
    choose_all(page)
    page.get_by_role("button", name="Originals").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Download cancelled")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")


def test_many_originals_are_streamed_to_the_disk(library: Page, originals: list[bytes]) -> None:
    """The browser's own folder stands in for the dialog, which no test can answer."""
    page = library
    written = page.evaluate(
        """async () => {
            const folder = await navigator.storage.getDirectory();
            const handle = await folder.getFileHandle("streamed.zip", { create: true });
            self.showSaveFilePicker = async () => handle;
            const { download } = await import("/static/library/download.js");
            const ids = [...document.querySelectorAll("#months .tile")].map((tile) => tile.id.replace("tile-", ""));
            await download([...ids, ...Array(20).fill(ids[0])], "original");
            const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
            return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
        }"""
    )
    assert len(opened(base64.b64decode(written)).namelist()) == 23


def ids(page: Page) -> list[str]:
    return [str(tile.get_attribute("id")).removeprefix("tile-") for tile in page.locator("#months .tile").all()]


def test_a_zip_of_more_than_four_gigabytes_still_opens(library: Page) -> None:
    """Offsets beyond 32 bits; the file that takes the room is left out of what is checked here."""
    tail = library.evaluate(
        """async () => {
            const { Zip } = await import("/static/library/zip.js");
            const kept = [];
            let length = 0, big = true;
            const zip = new Zip((piece) => { if (!big) kept.push(...piece); else length += piece.length; });
            const block = new Uint8Array(64);
            Object.defineProperty(block, "length", { value: 2 ** 32 - 100 });
            block[Symbol.iterator] = function* none() {};
            await zip.add("big.bin", block);
            big = false;
            await zip.add("after.txt", new TextEncoder().encode("found"));
            await zip.close();
            return [length, kept];
        }"""
    )
    length, kept = tail

    class Sparse(io.BytesIO):
        """The zip with its big file as a hole."""

        def seek(self, at: int, whence: int = 0) -> int:
            self.at = at if whence == 0 else (self.at if whence == 1 else length + len(kept)) + at
            return self.at

        def tell(self) -> int:
            return self.at

        def read(self, size: int | None = -1) -> bytes:
            start = self.at - length
            assert start >= 0
            data = bytes(kept[start : None if size is None or size < 0 else start + size])
            self.at += len(data)
            return data

    archive = zipfile.ZipFile(Sparse())
    assert archive.namelist() == ["big.bin", "after.txt"]
    assert archive.read("after.txt") == b"found"
