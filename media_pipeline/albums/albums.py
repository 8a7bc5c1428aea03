"""Albums, and what their owners do with them: make, name, fill, put in order, delete.

The record decides, as everywhere: a photo that was rejected or deleted is gone from its albums by that one write.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from pynamodb.expressions.update import Action

from media_pipeline.access.readers import Reader
from media_pipeline.albums import ranks
from media_pipeline.albums.places import (
    BATCH,
    HIDDEN,
    Album,
    ids_under,
    position_of,
    positions_in,
    put,
    rank_before,
    rank_in,
    remove_positions,
    take_out,
    term,
)
from media_pipeline.errors import ConflictError, InvalidRequestError, NotFoundError
from media_pipeline.record.models import IMAGE_ID, Image, Term, new_image_id
from media_pipeline.search import terms

MAX_NAME_LENGTH = 100
MAX_IMAGES = 2000  # deleting the album writes to each of them, within one request
MAX_ALBUMS_OF_AN_IMAGE = 50
MAX_AT_ONCE = BATCH
WRITERS = 10
ALL = "albums"  # the term of a library under which its albums lie, by their ids


def create(reader: Reader, name: str) -> Album:
    album = Album(new_image_id(), owner=reader.id, library=reader.id, name=_clean_name(name))
    terms.write(album.library, [ALL], album.album_id)
    album.save()
    return album


def get(reader: Reader, album_id: str) -> Album:
    """For its owner; to everybody else it does not exist."""
    album = Album.load(album_id) if IMAGE_ID.fullmatch(album_id) else None
    if album is None or not reader.owns(album.owner):
        raise NotFoundError("There is no album with this id.")
    return album


def listed(reader: Reader, *, size: int = MAX_AT_ONCE, after: str | None = None) -> tuple[list[Album], str | None]:
    """The reader's albums, newest first, and the id to continue after."""
    older = Term.image_id < after if after else None
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
    ids = ids_under(f"{album.library}|{term(album_id)}")
    batches = [ids[start : start + MAX_AT_ONCE] for start in range(0, len(ids), MAX_AT_ONCE)]
    with ThreadPoolExecutor(WRITERS) as pool:
        for batch in batches:
            list(pool.map(lambda record: take_out(album, record), Image.load_many(batch)))
    remove_positions(album, positions_in(album))
    album.delete()
    terms.remove(album.library, [ALL], album_id)


def add(reader: Reader, album_id: str, image_ids: Sequence[str]) -> list[str]:
    """Append the reader's images among `image_ids`; the ids of those that were not in it yet."""
    album = get(reader, album_id)
    if len(image_ids) > MAX_AT_ONCE:
        raise InvalidRequestError(f"Up to {MAX_AT_ONCE} photos can be added at once.", field="image_ids")
    asked = Image.load_many([id_ for id_ in dict.fromkeys(image_ids) if IMAGE_ID.fullmatch(id_)])
    records = [record for record in asked if reader.owns(record.owner) and record.status not in HIDDEN]
    new = [record for record in records if rank_in(album, record) is None]
    if album.size + len(new) > MAX_IMAGES:
        raise ConflictError(f"An album holds up to {MAX_IMAGES} photos. Make another one for the rest.")
    if any(len(record.rank_by_album) >= MAX_ALBUMS_OF_AN_IMAGE for record in new):
        raise ConflictError(f"A photo can be in up to {MAX_ALBUMS_OF_AN_IMAGE} albums. Take it out of one first.")
    added = [
        record.image_id
        for record, rank in zip(new, ranks.at_the_end(len(new)), strict=True)
        if put(album, record, rank)
    ]
    if added:
        album.change([Album.size.add(len(added))])
        album.change([Album.cover.set(added[0])], Album.cover.does_not_exist())
    return added


def remove(reader: Reader, album_id: str, image_ids: Sequence[str]) -> list[str]:
    """Take images out of the album; the ids of those that were in it."""
    album = get(reader, album_id)
    if len(image_ids) > MAX_AT_ONCE:
        raise InvalidRequestError(f"Up to {MAX_AT_ONCE} photos can be taken out at once.", field="image_ids")
    records = Image.load_many([id_ for id_ in dict.fromkeys(image_ids) if IMAGE_ID.fullmatch(id_)])
    removed = [record.image_id for record in records if rank_in(album, record) and take_out(album, record)]
    remove_positions(album, positions_in(album, {record.image_id for record in records}))
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
        rank = ranks.at_the_end(1)[0]
    else:
        other = _member(album, before)
        rank = rank_before(album, position_of(rank_in(album, other), other), besides=image_id)
    if rank == old:
        return
    if not put(album, record, rank):
        raise NotFoundError("There is no such photo in this album.")
    remove_positions(album, [position_of(old, record)])


def remove_image(record: Image) -> None:
    """Leave no trace of an image that is being erased, but for the term that goes with the others."""
    for album_id in record.rank_by_album:
        album = Album(album_id, library=record.library)
        remove_positions(album, positions_in(album, {record.image_id}))
        _let_go(album, [record.image_id])


def delete_library(library: str) -> int:
    """Delete every album of a library that is being erased, and entries that a crash has left without one; how many."""
    count, entries = 0, ids_under(f"{library}|{ALL}")
    for album_id in entries:
        if Album.load(album_id) is not None:
            delete(Reader(library), album_id)
            count += 1
        terms.remove(library, [ALL], album_id)
    return count


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


def _let_go(album: Album, image_ids: list[str]) -> None:
    """Count down, and look for no cover among what has left."""
    if image_ids:
        album.change([Album.size.add(-len(image_ids))])
        album.change([Album.cover.remove()], Album.cover.is_in(*image_ids))
