"""An album's item, and where photos stand in it.

Which albums a photo is in, and where, its record says, and decides. Terms lead to it in both orders: `album:{id}` by
image id, which makes an album something to search in, and under `order:{id}` by rank, a page of which costs the same
in an album of ten photos and of a thousand.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from ulid import ULID

from media_pipeline.albums import ranks
from media_pipeline.aws.dynamodb import Item
from media_pipeline.conf import conf
from media_pipeline.errors import ConflictError
from media_pipeline.record.models import Image, Status, Term
from media_pipeline.search import terms

BATCH = 100  # one BatchGetItem
HIDDEN = frozenset({Status.DELETED, Status.REJECTED})
POSITION = re.compile(r"[0-9A-Z]{1,400}\.[0-9A-Z]{26}")  # where a page of an album ends


class Album(Item):
    class Meta:
        table_name = conf.media_table
        region = conf.region

    PART = "album"

    album_id = UnicodeAttribute(hash_key=True, attr_name="image_id")
    part = UnicodeAttribute(range_key=True, default=PART)
    owner = UnicodeAttribute()
    library = UnicodeAttribute()
    name = UnicodeAttribute()
    cover = UnicodeAttribute(null=True)  # an image id
    size = NumberAttribute(default=0)  # with those in the trash, which are still in it when they come back

    @property
    def created_at(self) -> dt.datetime:
        return ULID.from_str(self.album_id).datetime


@dataclass(frozen=True, slots=True)
class Contents:
    """Photos in the album's order, and the positions to continue from; None where there is nothing further."""

    images: list[Image]
    next: str | None
    previous: str | None


def contents(album: Album, *, size: int, after: str | None = None, before: str | None = None) -> Contents:
    """A page of what is shown of it, following `after` or leading to `before`: nothing that is in the trash or was
    rejected.
    """
    found: list[tuple[str, Image]] = []
    start, backwards = before or after, before is not None
    is_end = False
    while len(found) <= size and not is_end:
        rest = None if start is None else Term.image_id < start if backwards else Term.image_id > start
        places = ids_under(_order(album), rest, BATCH, backwards=backwards)
        found += _standing(album, places)
        is_end = len(places) < BATCH
        start = places[-1] if places else None
    shown = found[:size]
    further = shown[-1][0] if len(found) > size else None
    came_from = shown[0][0] if shown and (after or before) else None
    images = [record for _, record in shown]
    if backwards:
        return Contents(images[::-1], next=came_from, previous=further)
    return Contents(images, next=further, previous=came_from)


def _standing(album: Album, places: list[str]) -> list[tuple[str, Image]]:
    """What is to be seen at these positions. No record agrees with one that an interrupted move has left."""
    ids = dict.fromkeys(place.rpartition(".")[2] for place in places)
    records = {position_of(rank_in(album, record), record): record for record in Image.load_many(list(ids))}
    return [(place, records[place]) for place in places if place in records and records[place].status not in HIDDEN]


def rank_in(album: Album, record: Image) -> str | None:
    return record.rank_by_album.get(album.album_id)


def term(album_id: str) -> str:
    return terms.album_term(album_id)


def _order(album: Album) -> str:
    return f"{album.library}|order:{album.album_id}"


def position_of(rank: str | None, record: Image) -> str:
    """The point sorts before every digit, so that a rank comes before those that it begins."""
    return f"{rank}.{record.image_id}"


def ids_under(key: str, condition: Any = None, limit: int | None = None, *, backwards: bool = False) -> list[str]:
    """What lies under a term: of an album's order, positions."""
    found = Term.query(key, condition, limit=limit, consistent_read=True, scan_index_forward=not backwards)
    return [item.image_id for item in found]


def rank_before(album: Album, position: str, *, besides: str) -> str:
    """For a photo that is to stand right before this position; its own, `besides`, is no neighbour."""
    nearest = ids_under(_order(album), Term.image_id < position, 2, backwards=True)
    earlier = [other for other in nearest if not other.endswith(f".{besides}")]
    low, high = earlier[0].partition(".")[0] if earlier else "", position.partition(".")[0]
    rank = ranks.between(low, high) if low < high else ""
    if not rank or len(rank) > ranks.MAX_LENGTH:
        raise ConflictError("There is no room left at this place. Move the photo next to it first.")
    return rank


def put(album: Album, record: Image, rank: str) -> bool:
    """Give the image its place, terms first; False, and no terms, when it was erased meanwhile."""
    place = Term(_order(album), position_of(rank, record))
    terms.write(album.library, [term(album.album_id)], record.image_id)
    place.save()
    if _write_albums(record, album.album_id, rank):
        return True
    terms.remove(album.library, [term(album.album_id)], record.image_id)
    remove_positions(album, [position_of(rank, record)])
    return False


def take_out(album: Album, record: Image) -> bool:
    """All but its position, which goes with those of others."""
    is_out = _write_albums(record, album.album_id, None)
    terms.remove(album.library, [term(album.album_id)], record.image_id)
    return is_out


def _write_albums(record: Image, album_id: str, rank: str | None) -> bool:
    """Set or remove one entry of the record's albums; False when it is gone. Other writers touch other attributes."""

    def plan(current: Image) -> list[Action]:
        others = {id_: place for id_, place in current.rank_by_album.items() if id_ != album_id}
        wanted = {**others, album_id: rank} if rank else others
        return [Image.albums.set(wanted) if wanted else Image.albums.remove()]

    return record.amend(plan) is not None


def positions_in(album: Album, image_ids: Collection[str] | None = None) -> list[str]:
    """Every position of these images, or of all: also what a move that was interrupted has left."""
    positions = ids_under(_order(album))
    return [position for position in positions if image_ids is None or position.rpartition(".")[2] in image_ids]


def remove_positions(album: Album, positions: list[str]) -> None:
    with Term.batch_write() as batch:
        for position in positions:
            batch.delete(Term(_order(album), position))
