"""What the grid shows: tiles, in the months of their upload, which is the order they are listed in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from media_pipeline.access.readers import Reader
from media_pipeline.conf import conf
from media_pipeline.library import wording
from media_pipeline.library.states import StageState, State, stage_states, state_of
from media_pipeline.record.models import Image, Status
from media_pipeline.storage import signing
from media_pipeline.storage.signing import Purpose

# One address a tile: 600 pixels serve a row of 250 on screens of twice the density.
THUMBNAIL = "large"
SHOWN = frozenset({Status.READY, Status.PROCESSING, Status.DELETED})


@dataclass(frozen=True, slots=True)
class Thumbnail:
    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Tile:
    image_id: str
    revision: int
    title: str
    state: State
    stages: list[StageState]
    thumbnail: Thumbnail | None
    ratio: float
    colour: str
    thumbhash: str
    day: str
    edge: str = ""  # printed over the tile instead of the day

    @property
    def stages_done(self) -> int:
        return sum(stage.state != "waiting" for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Month:
    key: str
    name: str
    tiles: list[Tile]


def title_of(record: Image) -> str:
    return record.title or record.filename


def thumbnail_of(record: Image, reader: Reader) -> Thumbnail | None:
    """None where nobody should see the picture in passing: in review, rejected, failed."""
    found = record.rendition(THUMBNAIL) if record.status in SHOWN else None
    url = signing.sign(record, reader, Purpose.VIEW, THUMBNAIL) if found else None
    return Thumbnail(url, found.width, found.height) if found and url else None


def tile_of(record: Image, reader: Reader) -> Tile:
    thumbnail = thumbnail_of(record, reader)
    return Tile(
        image_id=record.image_id,
        revision=int(record.revision),
        title=title_of(record),
        state=state_of(record),
        stages=stage_states(record),
        thumbnail=thumbnail,
        ratio=round(thumbnail.width / thumbnail.height, 3) if thumbnail else 1.5,  # room for words
        colour=record.colour or "",
        thumbhash=record.thumbhash or "",
        day=wording.day(record.created_at),
        edge=_time_left(record),
    )


def _time_left(record: Image) -> str:
    if not record.deleted_at:
        return ""
    kept = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(record.deleted_at)
    return wording.days_left(conf.trash_days - kept.days)


def months_of(records: list[Image], reader: Reader) -> list[Month]:
    """`records` newest first, cut where the month changes."""
    return [
        Month(key, wording.month(month[0].created_at), [tile_of(record, reader) for record in month])
        for key, month in ((key, list(group)) for key, group in groupby(records, month_key))
    ]


def stream_of(records: list[Image], reader: Reader) -> list[Month]:
    """What a search found: no months, one stream."""
    return [Month("found", "Found", [tile_of(record, reader) for record in records])]


def month_key(record: Image) -> str:
    return f"{record.created_at:%Y-%m}"
