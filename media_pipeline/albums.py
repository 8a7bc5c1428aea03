"""Albums: an item for each, and on the record of every photo in it where it stands there.

The record decides, as everywhere: a photo that was rejected or deleted is gone from its albums by that one write. Terms
lead to it in both orders: `album:{id}` by image id, which makes an album something to search in, and under `order:{id}`
by rank, a page of which costs the same in an album of ten photos and of a thousand.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from ulid import ULID

from media_pipeline import album_ranks, aws, search
from media_pipeline.conf import conf
from media_pipeline.errors import ConflictError, InvalidRequestError, NotFoundError
from media_pipeline.models import IMAGE_ID, Image, SharedClientModel, Status, Term, new_image_id
from media_pipeline.readers import Reader

MAX_NAME_LENGTH = 100
MOST_IMAGES = 2000  # deleting the album writes to each of them, within one request
MOST_OF_AN_IMAGE = 50
MOST_AT_ONCE = 100  # one BatchGetItem
WRITERS = 10
HIDDEN = frozenset({Status.DELETED, Status.REJECTED})
POSITION = re.compile(r"[0-9A-Z]{1,400}\.[0-9A-Z]{26}")  # where a page of an album ends
ALL = "albums"  # the term of a library under which its albums lie, by their ids


class Album(SharedClientModel):
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

    @classmethod
    def load(cls, album_id: str) -> Self | None:
        with aws.temporary_errors("DynamoDB"):
            try:
                return cls.get(album_id, cls.PART, consistent_read=True)
            except cls.DoesNotExist:
                return None

    @classmethod
    def load_many(cls, album_ids: Sequence[str]) -> list[Self]:
        """Those that exist, in that order."""
        with aws.temporary_errors("DynamoDB"):
            found = {album.album_id: album for album in cls.batch_get([(id_, cls.PART) for id_ in album_ids])}
        return [found[id_] for id_ in album_ids if id_ in found]

    def change(self, actions: list[Action], condition: Condition | None = None) -> bool:
        """One UpdateItem that leaves this album as it is afterwards; False when the condition failed or it is gone."""
        there = Album.album_id.exists()
        with aws.temporary_errors("DynamoDB"):
            try:
                self.update(actions, there if condition is None else there & condition)
            except UpdateError as error:
                if aws.error_code(error) == "ConditionalCheckFailedException":
                    return False
                raise
        return True


@dataclass(frozen=True, slots=True)
class Contents:
    """Photos in the album's order, and the position to continue from; None at the end."""

    images: list[Image]
    next: str | None


def create(reader: Reader, name: str) -> Album:
    album = Album(new_image_id(), owner=reader.id, library=reader.id, name=_clean_name(name))
    search.write(album.library, [ALL], album.album_id)
    with aws.temporary_errors("DynamoDB"):
        album.save()
    return album


def get(reader: Reader, album_id: str) -> Album:
    """For its owner; to everybody else it does not exist."""
    album = Album.load(album_id) if IMAGE_ID.fullmatch(album_id) else None
    if album is None or not reader.owns(album.owner):
        raise NotFoundError("There is no album with this id.")
    return album


def listed(reader: Reader, *, size: int = MOST_AT_ONCE, after: str | None = None) -> tuple[list[Album], str | None]:
    """The reader's albums, newest first, and the id to continue after."""
    older = Term.image_id < after if after else None
    with aws.temporary_errors("DynamoDB"):
        found = Term.query(f"{reader.id}|{ALL}", older, scan_index_forward=False, limit=size + 1)
        ids = [item.image_id for item in found]
    return Album.load_many(ids[:size]), ids[size - 1] if len(ids) > size else None


def edit(reader: Reader, album_id: str, *, name: str | None = None, cover: str | None = None) -> Album:
    """Another name, or another of its photos as cover; None leaves it as it is."""
    album = get(reader, album_id)
    actions: list[Action] = []
    if name is not None:
        actions.append(Album.name.set(_clean_name(name)))
    if cover is not None:
        if _find_member(album, cover) is None:
            raise InvalidRequestError("The cover has to be a photo of the album.", field="cover")
        actions.append(Album.cover.set(cover))
    if actions and not album.change(actions):
        raise NotFoundError("There is no album with this id.")
    return album


def delete(reader: Reader, album_id: str) -> None:
    """The album, not its photos. Last of all its own item, so that after a crash it can be deleted again."""
    album = get(reader, album_id)
    ids = [item.image_id for item in _query(f"{album.library}|{term(album_id)}")]
    batches = [ids[start : start + MOST_AT_ONCE] for start in range(0, len(ids), MOST_AT_ONCE)]
    with ThreadPoolExecutor(WRITERS) as pool:
        for batch in batches:
            list(pool.map(lambda record: _take_out(album, record), Image.load_many(batch)))
    _remove_positions(album, _positions(album))
    with aws.temporary_errors("DynamoDB"):
        album.delete()
    search.remove(album.library, [ALL], album_id)


def contents(album: Album, *, size: int, after: str | None = None) -> Contents:
    """A page of what is shown of it: nothing that is in the trash or was rejected."""
    found: list[Image] = []
    start, last = after or "", ""
    while True:
        positions = [item.image_id for item in _query(_order(album), Term.image_id > (start or "-"), MOST_AT_ONCE)]
        ids = dict.fromkeys(position.rpartition(".")[2] for position in positions)
        records = {_position(rank_in(album, record), record): record for record in Image.load_many(list(ids))}
        for position in positions:
            record = records.get(position)  # None: erased, or left over from a move that was interrupted
            if record is None or record.status in HIDDEN:
                continue
            if len(found) == size:
                return Contents(found, next=last)
            found.append(record)
            last = position
        if len(positions) < MOST_AT_ONCE:
            return Contents(found, next=None)
        start = positions[-1]


def add(reader: Reader, album_id: str, image_ids: Sequence[str]) -> list[str]:
    """Append the reader's images among `image_ids`; the ids of those that were not in it yet."""
    album = get(reader, album_id)
    if len(image_ids) > MOST_AT_ONCE:
        raise InvalidRequestError(f"Up to {MOST_AT_ONCE} photos can be added at once.", field="image_ids")
    asked = Image.load_many([id_ for id_ in dict.fromkeys(image_ids) if IMAGE_ID.fullmatch(id_)])
    records = [record for record in asked if reader.owns(record.owner) and record.status not in HIDDEN]
    new = [record for record in records if rank_in(album, record) is None]
    if album.size + len(new) > MOST_IMAGES:
        raise ConflictError(f"An album holds up to {MOST_IMAGES} photos. Make another one for the rest.")
    if any(len(record.rank_by_album) >= MOST_OF_AN_IMAGE for record in new):
        raise ConflictError(f"A photo can be in up to {MOST_OF_AN_IMAGE} albums. Take it out of one first.")
    added = [
        record.image_id
        for record, rank in zip(new, album_ranks.at_the_end(len(new)), strict=True)
        if _put(album, record, rank)
    ]
    if added:
        album.change([Album.size.add(len(added))])
        album.change([Album.cover.set(added[0])], Album.cover.does_not_exist())
    return added


def remove(reader: Reader, album_id: str, image_ids: Sequence[str]) -> list[str]:
    """Take images out of the album; the ids of those that were in it."""
    album = get(reader, album_id)
    if len(image_ids) > MOST_AT_ONCE:
        raise InvalidRequestError(f"Up to {MOST_AT_ONCE} photos can be taken out at once.", field="image_ids")
    records = Image.load_many([id_ for id_ in dict.fromkeys(image_ids) if IMAGE_ID.fullmatch(id_)])
    removed = [record.image_id for record in records if rank_in(album, record) and _take_out(album, record)]
    _remove_positions(album, _positions(album, {record.image_id for record in records}))
    _let_go(album, removed)
    return removed


def move(reader: Reader, album_id: str, image_id: str, *, before: str | None) -> None:
    """Let a photo of the album stand right before another one, or at the end."""
    album = get(reader, album_id)
    record = _member(album, image_id)
    old = rank_in(album, record)
    if before == image_id:
        return
    if before is None:
        rank = album_ranks.at_the_end(1)[0]
    else:
        other = _member(album, before)
        rank = _rank_before(album, _position(rank_in(album, other), other), besides=image_id)
    if rank == old:
        return
    if not _put(album, record, rank):
        raise NotFoundError("There is no such photo in this album.")
    _remove_positions(album, [_position(old, record)])


def forget(record: Image) -> None:
    """Leave no trace of an image that is being erased, but for the term that goes with the others."""
    for album_id in record.rank_by_album:
        album = Album(album_id, library=record.library)
        _remove_positions(album, _positions(album, {record.image_id}))
        _let_go(album, [record.image_id])


def forget_library(library: str) -> int:
    """Delete every album of a library that is being erased, and entries that a crash has left without one; how many."""
    count, entries = 0, [item.image_id for item in _query(f"{library}|{ALL}")]
    for album_id in entries:
        if Album.load(album_id) is not None:
            delete(Reader(library), album_id)
            count += 1
        search.remove(library, [ALL], album_id)
    return count


def rank_in(album: Album, record: Image) -> str | None:
    return record.rank_by_album.get(album.album_id)


def term(album_id: str) -> str:
    return search.album_term(album_id)


def _clean_name(name: str) -> str:
    printable = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cs"})
    clean = " ".join(printable.split())
    if not 0 < len(clean) <= MAX_NAME_LENGTH:
        raise InvalidRequestError(f"An album has a name of up to {MAX_NAME_LENGTH} characters.", field="name")
    return clean


def _find_member(album: Album, image_id: str) -> Image | None:
    record = Image.load(image_id) if IMAGE_ID.fullmatch(image_id) else None
    is_member = record is not None and rank_in(album, record) is not None and record.status not in HIDDEN
    return record if is_member else None


def _member(album: Album, image_id: str) -> Image:
    record = _find_member(album, image_id)
    if record is None:
        raise NotFoundError("There is no such photo in this album.")
    return record


def _order(album: Album) -> str:
    return f"{album.library}|order:{album.album_id}"


def _position(rank: str | None, record: Image) -> str:
    """The point sorts before every digit, so that a rank comes before those that it begins."""
    return f"{rank}.{record.image_id}"


def _query(key: str, condition: Any = None, limit: int | None = None, *, backwards: bool = False) -> list[Term]:
    with aws.temporary_errors("DynamoDB"):
        found = Term.query(key, condition, limit=limit, consistent_read=True, scan_index_forward=not backwards)
        return list(found)


def _rank_before(album: Album, position: str, *, besides: str) -> str:
    nearest = _query(_order(album), Term.image_id < position, 2, backwards=True)
    earlier = [item.image_id for item in nearest if not item.image_id.endswith(f".{besides}")]
    low, high = earlier[0].partition(".")[0] if earlier else "", position.partition(".")[0]
    rank = album_ranks.between(low, high) if low < high else ""
    if not rank or len(rank) > album_ranks.LONGEST:
        raise ConflictError("There is no room left at this place. Move the photo next to it first.")
    return rank


def _put(album: Album, record: Image, rank: str) -> bool:
    """Give the image its place, terms first; False, and no terms, when it was erased meanwhile."""
    position = Term(_order(album), _position(rank, record))
    search.write(album.library, [term(album.album_id)], record.image_id)
    with aws.temporary_errors("DynamoDB"):
        position.save()
    if _write_albums(record, album.album_id, rank):
        return True
    search.remove(album.library, [term(album.album_id)], record.image_id)
    _remove_positions(album, [_position(rank, record)])
    return False


def _take_out(album: Album, record: Image) -> bool:
    """All but its position, which goes with those of others."""
    is_out = _write_albums(record, album.album_id, None)
    search.remove(album.library, [term(album.album_id)], record.image_id)
    return is_out


def _write_albums(record: Image, album_id: str, rank: str | None) -> bool:
    """Set or remove one entry of the record's albums; False when it is gone. Other writers touch other attributes."""
    for _ in range(5):
        others = {id_: place for id_, place in record.rank_by_album.items() if id_ != album_id}
        wanted = {**others, album_id: rank} if rank else others
        action = Image.albums.set(wanted) if wanted else Image.albums.remove()
        if record.change([action], Image.revision == record.revision):
            return True
        now = Image.load(record.image_id)
        if now is None:
            return False
        record = now
    raise ConflictError("The photo was changed meanwhile. Repeat your change.")


def _positions(album: Album, image_ids: Collection[str] | None = None) -> list[str]:
    """Every position of these images, or of all: also what a move that was interrupted has left."""
    positions = [item.image_id for item in _query(_order(album))]
    return [position for position in positions if image_ids is None or position.rpartition(".")[2] in image_ids]


def _remove_positions(album: Album, positions: list[str]) -> None:
    with aws.temporary_errors("DynamoDB"), Term.batch_write() as batch:
        for position in positions:
            batch.delete(Term(_order(album), position))


def _let_go(album: Album, image_ids: list[str]) -> None:
    """Count down, and look for no cover among what has left."""
    if image_ids:
        album.change([Album.size.add(-len(image_ids))])
        album.change([Album.cover.remove()], Album.cover.is_in(*image_ids))
