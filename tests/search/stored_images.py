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
