"""Files as somebody would drop them onto a page."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from tests.support.pictures import make_jpeg, unseen

if TYPE_CHECKING:
    from playwright.sync_api import Page

DROP = """(files) => {
    const carried = new DataTransfer();
    for (const [name, type, data] of files) {
        carried.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name, { type }));
    }
    for (const kind of ["dragenter", "dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
    }
}"""


def picture(name: str, **kind: Any) -> dict[str, Any]:
    """A file to drop. Its picture is like none of other tests, who may have had theirs rejected."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": make_jpeg(seed=unseen(), **kind)}


def drop(page: Page, *files: dict[str, Any]) -> None:
    page.evaluate(DROP, [[f["name"], f["mimeType"], base64.b64encode(f["buffer"]).decode()] for f in files])
