"""What people and programs do with images; the API, the library and the commands all call these."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pynamodb.expressions.update import Action

from media_pipeline import ledger, likeness, retry_queue, storage
from media_pipeline.conf import conf
from media_pipeline.errors import ConflictError, InvalidRequestError, NotFoundError, TooLargeError
from media_pipeline.filenames import clean_filename
from media_pipeline.models import Image, Status, new_image_id
from media_pipeline.readers import Reader
from media_pipeline.rendition_requests import MOST_PER_IMAGE, RenditionRequest
from media_pipeline.search import LONGEST_VALUE, Facets, Page, SearchQuery, find, fold, related, terms
from media_pipeline.search import facets as facets_of
from media_pipeline.storage import Purpose, UploadForm

CONTENT_TYPES = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/tiff",
    "image/heic",
    "image/heif",
    "image/avif",
    "image/bmp",
)
IMAGE_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")  # a ULID; DynamoDB refuses keys that are empty or too long
MAX_TITLE_LENGTH = 200
MAX_CAPTION_LENGTH = 2000
MAX_TAG_LENGTH = LONGEST_VALUE
WEB = "web"
MAX_TAGS = 50


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a client says of a file before it sends it."""

    filename: str
    content_type: str
    bytes: int
    sha256: str | None = None
    title: str | None = None
    tags: list[str] = field(default_factory=list)


def start_upload(reader: Reader, announced: Announcement) -> tuple[Image, UploadForm]:
    """Make the record and the form with which S3 takes the file."""
    check_upload(announced)
    record = _create(reader, announced)
    form = storage.upload_form(record.object_key, content_type=announced.content_type, size=announced.bytes)
    return record, form


def upload(reader: Reader, announced: Announcement, data: bytes) -> Image:
    """Take a small file through the API itself; S3 announces it to the pipeline like any other."""
    _check(announced)
    check_small_upload(announced.bytes)
    record = _create(reader, announced)
    storage.put_original(record.object_key, data, content_type=announced.content_type)
    return record


def import_file(reader: Reader, announced: Announcement, data: bytes) -> Image | None:
    """Take a file of any size from a trusted command; None when the reader's library has its content already.

    An import that was interrupted between record and object goes on with that record. That is why its hash can be
    found at once. Of other uploads only what arrived is found by its hash: what clients merely say that they have
    would push the images aside whose verdicts are looked up by it.
    """
    check_upload(announced)
    mine = [image for image in terms.with_content(announced.sha256 or "") if image.library == reader.id]
    waiting = [image for image in mine if image.status is Status.UPLOADING]
    if len(waiting) < len(mine):
        return None
    record = waiting[0] if waiting else _create(reader, announced)
    if announced.sha256:
        terms.write(terms.CONTENT, [announced.sha256], record.image_id)
    storage.put_original(record.object_key, data, content_type=announced.content_type)
    return record


def check_upload(announced: Announcement) -> None:
    """InvalidRequestError, with the reason, when no upload would take that file."""
    _check(announced)
    _check_size(announced.bytes, conf.upload_max_bytes)


def check_small_upload(size: int) -> None:
    """TooLargeError when `upload` would not take that many bytes."""
    _check_size(size, conf.api_upload_max_bytes, "Larger files go straight to S3: announce them at `uploads`.")


def _check(announced: Announcement) -> None:
    if announced.content_type not in CONTENT_TYPES:
        names = ", ".join(name.removeprefix("image/").upper() for name in CONTENT_TYPES)
        raise InvalidRequestError(
            f"Files of type {announced.content_type} are not taken. Use one of: {names}.", field="content_type"
        )
    if announced.bytes < 1:
        raise InvalidRequestError("The file is empty.", field="bytes")
    _check_said(title=announced.title, tags=announced.tags)


def _check_size(size: int, limit: int, remedy: str = "") -> None:
    if size > limit:
        megabytes = math.ceil(size / 1e5) / 10  # rounded up: what is over the limit must not look equal to it
        raise TooLargeError(f"{megabytes} MB is over the limit of {limit / 1e6:g} MB. {remedy}".rstrip(), field="bytes")


def _check_said(*, title: str | None = None, caption: str | None = None, tags: list[str] | None = None) -> None:
    """What a person says of an image is stored in its record, which every write pays for by the kilobyte."""
    if len(title or "") > MAX_TITLE_LENGTH:
        raise InvalidRequestError(f"A title has at most {MAX_TITLE_LENGTH} characters.", field="title")
    if len(caption or "") > MAX_CAPTION_LENGTH:
        raise InvalidRequestError(f"A caption has at most {MAX_CAPTION_LENGTH} characters.", field="caption")
    if len(tags or ()) > MAX_TAGS or any(len(tag) > MAX_TAG_LENGTH for tag in tags or ()):
        raise InvalidRequestError(
            f"An image has at most {MAX_TAGS} tags of up to {MAX_TAG_LENGTH} characters.", field="tags"
        )


def _create(reader: Reader, announced: Announcement) -> Image:
    image_id = new_image_id()
    record = Image(
        image_id,
        owner=reader.id,
        library=reader.id,
        filename=clean_filename(announced.filename),
        content_type=announced.content_type,
        bytes=announced.bytes,
        sha256=announced.sha256,
        title=announced.title or None,
        tags=clean_tags(announced.tags) or None,
    )
    terms.write(record.library, terms.said_terms(record), image_id)
    record.create()
    return record


def clean_tags(tags: list[str]) -> list[str]:
    """Trimmed, without empty ones and repetitions (however they are written), in the order given."""
    by_value: dict[str, str] = {}
    for tag in tags:
        by_value.setdefault(fold(tag), " ".join(tag.split()))
    return [tag for value, tag in by_value.items() if value]


def get(reader: Reader, image_id: str) -> Image:
    """The record, for its owner and for reviewers; to everybody else it does not exist."""
    return _load(image_id, lambda record: reader.owns(record.owner) or reader.is_reviewer)


def get_many(reader: Reader, image_ids: list[str]) -> list[Image]:
    """The reader's own among at most 100 images, in the order given; one BatchGetItem."""
    return [record for record in Image.load_many(image_ids) if reader.owns(record.owner)]


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
    if record is None or not may_see(record):
        raise NotFoundError("There is no image with this id.")
    return record


def download_url(reader: Reader, image_id: str, name: str, *, accept: str = "") -> str:
    """Where rendition `name`, or "original", can be fetched as a file; NotFoundError when not by this reader.

    "web" is the best full-size rendition for a client that sends `accept`.
    """
    record = get(reader, image_id)
    name = best_for_web(record, accept) if name == WEB else name
    url = storage.sign(record, reader, Purpose.DOWNLOAD, name)
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
    if len(record.rendition_list) >= MOST_PER_IMAGE:
        raise ConflictError(f"An image has at most {MOST_PER_IMAGE} renditions, and this one has them.")
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
    _check_said(title=changes.title, caption=changes.caption, tags=changes.tags)
    for _ in range(5):  # the pipeline may write at the same time; its writes touch other attributes
        record = _own(reader, image_id)
        if if_revision is not None and record.revision != if_revision:
            break
        before = terms.all_terms(record)
        actions: list[Action] = []
        for name, value in _values(changes).items():
            attribute: Any = getattr(Image, name)
            actions.append(attribute.set(value) if value else attribute.remove())
            setattr(record, name, value or None)
        after = terms.all_terms(record)
        terms.write(record.library, after - before, image_id)
        if not actions or record.change(actions, Image.revision == record.revision):
            _remove_terms(record, before - after)
            return record
    raise ConflictError("The image was changed meanwhile. Read it again, then repeat your change.")


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
    """Into the trash: gone from every list with one write, restorable for 30 days."""
    record = _own(reader, image_id)
    if record.deleted_at:
        return
    now = dt.datetime.now(dt.UTC)
    terms.write(record.library, [terms.TRASH], image_id)
    terms.write(terms.TRASH, [now.date().isoformat()], image_id)
    record.change([Image.deleted_at.set(now.isoformat(timespec="seconds"))], Image.deleted_at.does_not_exist())


def restore(reader: Reader, image_id: str) -> Image:
    record = _own(reader, image_id)
    if record.deleted_at:
        day = record.deleted_at[:10]
        if not record.change([Image.deleted_at.remove()], Image.deleted_at == record.deleted_at):
            return _own(reader, image_id)  # restored by another request, or purged: as it is now, if it still is
        terms.remove(record.library, [terms.TRASH], image_id)
        terms.remove(terms.TRASH, [day], image_id)
    return record


def retry(reader: Reader, image_id: str) -> Image:
    """Let a failed image be processed once more."""
    record = _own(reader, image_id)
    if not ledger.reopen(image_id):
        raise ConflictError("Only an image that failed can be tried again.")
    retry_queue.send(image_id)
    return Image.load(image_id) or record
