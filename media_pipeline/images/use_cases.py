"""What people and programs do with images; the API, the library and the commands all call these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pynamodb.expressions.update import Action

from media_pipeline.access.readers import Reader
from media_pipeline.albums import albums, links
from media_pipeline.aws import retry_queue
from media_pipeline.errors import ConflictError, NotFoundError
from media_pipeline.images import trash
from media_pipeline.intake.descriptions import (
    check_descriptions,
    clean_tags,
)
from media_pipeline.record import ledger
from media_pipeline.record.models import IMAGE_ID, Image, Status
from media_pipeline.renditions.requests import MAX_PER_IMAGE, RenditionRequest
from media_pipeline.search import likeness, terms
from media_pipeline.search.faceting import Facet, Facets
from media_pipeline.search.faceting import facets as facets_of
from media_pipeline.search.faceting import months as months_of
from media_pipeline.search.pages import Page, find
from media_pipeline.search.query import SearchQuery
from media_pipeline.search.related import related
from media_pipeline.storage import signing
from media_pipeline.storage.signing import Purpose

WEB = "web"


def get(reader: Reader, image_id: str) -> Image:
    """The record, for its owner and for reviewers; to everybody else it does not exist."""
    return _load(image_id, lambda record: reader.owns(record.owner) or reader.is_reviewer)


def get_many(reader: Reader, image_ids: list[str]) -> list[Image]:
    """The reader's own among at most 100 images, in the order given; one BatchGetItem."""
    return [record for record in Image.load_many(image_ids) if reader.owns(record.owner) and not record.is_purged]


def neighbours(reader: Reader, record: Image) -> tuple[str | None, str | None]:
    """The ids of the next newer and the next older of the reader's own images."""
    if not reader.owns(record.owner) or record.deleted_at:
        return None, None
    newer = list_images(reader, size=1, before=record.image_id).images
    older = list_images(reader, size=1, after=record.image_id).images
    return newer[0].image_id if newer else None, older[0].image_id if older else None


def _own(reader: Reader, image_id: str) -> Image:
    return _load(image_id, lambda record: reader.owns(record.owner))


def _load(image_id: str, may_see: Callable[[Image], bool]) -> Image:
    record = Image.load(image_id) if IMAGE_ID.fullmatch(image_id) else None
    if record is None or record.is_purged or not may_see(record):
        raise NotFoundError("There is no image with this id.")
    return record


def download_url(reader: Reader, image_id: str, name: str, *, accept: str = "") -> str:
    """Where rendition `name`, or "original", can be fetched as a file; NotFoundError when not by this reader.

    "web" is the best full-size rendition for a client that sends `accept`.
    """
    record = get(reader, image_id)
    name = best_for_web(record, accept) if name == WEB else name
    url = signing.sign(record, reader, Purpose.DOWNLOAD, name)
    if url is None:
        raise NotFoundError("This image has no rendition of that name that you may download now.")
    return url


def request_rendition(reader: Reader, image_id: str, request: RenditionRequest) -> Image:
    """Have the pipeline make one more rendition; asking again for one that is there changes nothing."""
    record = _own(reader, image_id)
    if record.status is not Status.READY:
        raise ConflictError("Renditions are made of images that are ready. This one is not.")
    if record.rendition(request.name):
        return record
    if len(record.rendition_list) >= MAX_PER_IMAGE:
        raise ConflictError(f"An image has at most {MAX_PER_IMAGE} renditions, and this one has them.")
    retry_queue.send_rendition(image_id, request.to_message())
    return record


def best_for_web(record: Image, accept: str) -> str:
    """The name of the smallest full-size rendition that a client with this Accept header shows."""
    for name in ("avif", "webp"):
        if f"image/{name}" in accept.casefold() and record.rendition(name):
            return name
    return "jpeg"


def list_images(
    reader: Reader, *, size: int, status: Status | None = None, after: str | None = None, before: str | None = None
) -> Page:
    """The reader's own images, newest first; those in the trash only when asked for by status."""
    return search(reader, SearchQuery(status=status), size=size, after=after, before=before)


def search(
    reader: Reader, query: SearchQuery, *, size: int, after: str | None = None, before: str | None = None
) -> Page:
    """A page of what the query asks for among the reader's own images, newest first.

    It may hold fewer than `size`, even none, and still have a `next`: then this page's budget was spent.
    """
    return find(reader.id, query, size=size, after=after, before=before)


def facets(reader: Reader) -> Facets:
    """What the reader's library can be narrowed down by."""
    return facets_of(reader.id)


def months(reader: Reader) -> list[Facet]:
    """When the reader's images were uploaded, newest month first."""
    return months_of(reader.id)


class Likening(StrEnum):
    """What makes images similar: how they look, or what they show."""

    LOOK = "look"
    LABELS = "labels"


@dataclass(frozen=True, slots=True)
class Similar:
    record: Image
    similarity: float  # 1 is the same


def similar(reader: Reader, image_id: str, by: Likening, *, size: int) -> list[Similar]:
    """Images like this one that the reader may see, nearest first."""
    record = get(reader, image_id)
    found = _alike(record) if by is Likening.LOOK else related(record)
    seen = [Similar(other, similarity) for other, similarity in found if _is_shown(reader, other)]
    return seen[:size]


def _alike(record: Image) -> list[tuple[Image, float]]:
    likes = likeness.find(record.phash, besides=record.image_id).images if record.phash else []
    return [(like.record, 1 - like.distance / likeness.BITS) for like in likes]


def _is_shown(reader: Reader, record: Image) -> bool:
    may_see = reader.owns(record.owner) or reader.is_reviewer
    return may_see and record.status not in {Status.DELETED, Status.REJECTED}


@dataclass(frozen=True, slots=True)
class Edit:
    """What an owner may change; None leaves a field as it is, "" or [] empties it."""

    title: str | None = None
    caption: str | None = None
    tags: list[str] | None = None


def edit(reader: Reader, image_id: str, changes: Edit, *, if_revision: int | None = None) -> Image:
    """Change what the owner says of the image; ConflictError when it is not at `if_revision` any more."""
    check_descriptions(title=changes.title, caption=changes.caption, tags=changes.tags)
    dropped: set[str] = set()

    def plan(record: Image) -> list[Action]:
        nonlocal dropped
        if record.is_purged:  # while this was being written: terms that change now would outlive its record
            raise NotFoundError("There is no image with this id.")
        if if_revision is not None and record.revision != if_revision:
            raise ConflictError("The image was changed meanwhile. Read it again, then repeat your change.")
        before, actions = terms.all_terms(record), _actions(record, changes)
        after = terms.all_terms(record)
        terms.write(record.library, after - before, image_id)
        dropped = before - after
        return actions

    record = _own(reader, image_id).amend(plan)
    if record is None:
        raise NotFoundError("There is no image with this id.")
    _remove_terms(record, dropped)
    return record


def _actions(record: Image, changes: Edit) -> list[Action]:
    """Change the record in memory, and say how it is written."""
    actions: list[Action] = []
    for name, value in _values(changes).items():
        attribute: Any = getattr(Image, name)
        actions.append(attribute.set(value) if value else attribute.remove())
        setattr(record, name, value or None)
    return actions


def _remove_terms(record: Image, dropped: set[str]) -> None:
    """Take away the terms that an edit has made untrue, unless the pipeline has found the same words meanwhile."""
    terms.remove(record.library, dropped, record.image_id)
    if dropped and record.unfinished is not None and (now := Image.load(record.image_id)):
        terms.write(record.library, dropped & terms.all_terms(now), record.image_id)


def _values(changes: Edit) -> dict[str, Any]:
    given = {
        "title": changes.title,
        "caption": changes.caption,
        "tags": None if changes.tags is None else clean_tags(changes.tags),
    }
    return {name: value for name, value in given.items() if value is not None}


def delete(reader: Reader, image_id: str) -> None:
    """Into the trash: gone from every list with one write, restorable until the sweep erases it."""
    record = _own(reader, image_id)
    if not record.deleted_at:
        trash.put(record)


def restore(reader: Reader, image_id: str) -> Image:
    record = _own(reader, image_id)
    if record.deleted_at and not trash.restore(record):
        return _own(reader, image_id)  # restored by another request, or purged: as it is now, if it still is
    return record


def purge(reader: Reader, image_id: str) -> None:
    """Out of the trash for good: nobody finds it any more, and the next sweep erases it."""
    trash.purge(_own(reader, image_id))


def delete_album(reader: Reader, album_id: str) -> None:
    """The album and the links to it, for good; its images stay."""
    album = albums.get(reader, album_id)
    links.delete_of(album.owner, album.album_id)
    albums.delete(reader, album_id)


def retry(reader: Reader, image_id: str) -> Image:
    """Let a failed image be processed once more."""
    record = _own(reader, image_id)
    if not ledger.reopen(image_id):
        raise ConflictError("Only an image that failed can be tried again.")
    retry_queue.send(image_id)
    return Image.load(image_id) or record
