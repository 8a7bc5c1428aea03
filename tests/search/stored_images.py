"""Images as the pipeline leaves them, records and terms, without any pixels."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ulid import ULID

from media_pipeline.record.models import Image, new_image_id
from media_pipeline.search import terms


def image(library: str = "alice", *, image_id: str = "", **attributes: Any) -> Image:
    """A record that is ready; not stored."""
    usual = {"filename": "IMG_1234.jpg", "format": "jpeg", "width": 4000, "height": 3000, "version_id": "1"}
    return Image(
        image_id or new_image_id(),
        owner=library,
        library=library,
        content_type="image/jpeg",
        bytes=1,
        **usual | attributes,
    )


def stored(library: str, **attributes: Any) -> Image:
    """The same with its terms, stored as an upload and the pipeline would."""
    record = image(library, **attributes)
    terms.write(library, terms.all_terms(record), record.image_id)
    record.save()
    return record


def id_of(moment: str, number: int = 0) -> str:
    """An id as it was made at that moment of ISO 8601, the `number`th of its millisecond."""
    milliseconds = int(dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC).timestamp() * 1000)
    return str(ULID.from_bytes(milliseconds.to_bytes(6, "big") + number.to_bytes(10, "big")))


JPEG_FACE = [["1", 0.1, 0.1, 0.2, 0.2, 99.0]]


def four_images(owner: str) -> None:
    """Different in all that can be searched for."""
    stored(
        owner,
        image_id=id_of("2026-01-10"),
        filename="lake.jpg",
        title="Morning at the Lake",
        caption="The heron stood still",
        tags=["Blue Sky", "sea"],
        camera_make="Canon",
        camera_model="Canon EOS 40D",
        exif={"lens": "EF 50mm f/1.8"},
        taken_at="2026-01-09T08:00:00",
        latitude=47.3769,
        longitude=8.5417,
        colour="#2040e0",
    )
    stored(
        owner,
        image_id=id_of("2026-02-10"),
        filename="party.heic",
        format="heic",
        width=3000,
        height=4000,
        tags=["Café", "sky"],
        camera_make="Apple",
        camera_model="iPhone 12 Pro",
        faces=JPEG_FACE,
        taken_at="2026-02-01T23:59:59+01:00",
        latitude=46.2044,
        longitude=6.1432,
        colour="#808080",
    )
    _two_more(owner)


def _two_more(owner: str) -> None:
    stored(
        owner,
        image_id=id_of("2026-03-10"),
        filename="scan.png",
        format="png",
        width=900,
        height=900,
        labels=[["Mountain Range", 97.5], ["Snow", 60.0]],
        text="ACHTUNG Lawine",
        taken_at="2009-07-01T12:00:00",
        colour="#ffffff",
    )
    stored(owner, image_id=id_of("2026-04-10"), filename="IMG_0042.jpg", tags=["🌊", "C++"], camera_model="EOS R5")
