"""How images come in: announced and sent to S3, sent through the API, or imported by a command."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from media_pipeline.access.readers import Reader
from media_pipeline.conf import conf
from media_pipeline.errors import ConflictError, InvalidRequestError, TooLargeError
from media_pipeline.intake.descriptions import check_descriptions, clean_tags
from media_pipeline.intake.filenames import clean_filename
from media_pipeline.record.models import Image, Status, new_image_id
from media_pipeline.search import terms
from media_pipeline.storage import buckets
from media_pipeline.storage.buckets import UploadForm

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
    form = buckets.upload_form(record.object_key, content_type=announced.content_type, size=announced.bytes)
    return record, form


def upload(reader: Reader, announced: Announcement, data: bytes) -> Image:
    """Take a small file through the API itself; S3 announces it to the pipeline like any other."""
    _check(announced)
    check_small_upload(announced.bytes)
    record = _create(reader, announced)
    buckets.put_original(record.object_key, data, content_type=announced.content_type)
    return record


def import_file(reader: Reader, announced: Announcement, data: bytes) -> Image | None:
    """Take a file of any size from a trusted command; None when the reader's library has its content already.

    What is in the trash is not in the library. What failed is, but does not count as imported: ConflictError.
    An import that was interrupted between record and object goes on with that record. That is why its hash can be
    found at once. Of other uploads only what arrived is found by its hash: what clients merely say that they have
    would push the images aside whose verdicts are looked up by it.
    """
    check_upload(announced)
    mine = [image for image in terms.with_content(announced.sha256 or "") if image.library == reader.id]
    kept = [image for image in mine if image.status is not Status.DELETED]
    waiting = [image for image in kept if image.status is Status.UPLOADING]
    failed = [image for image in kept if image.status is Status.FAILED]
    if len(kept) > len(waiting) + len(failed):
        return None
    if failed:
        raise ConflictError(
            f"It was imported before and failed: {failed[0].failure} Retry it in the library, or remove it there first."
        )
    record = waiting[0] if waiting else _create(reader, announced)
    if announced.sha256:
        terms.write(terms.CONTENT, [announced.sha256], record.image_id)
    buckets.put_original(record.object_key, data, content_type=announced.content_type)
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
    check_descriptions(title=announced.title, tags=announced.tags)


def _check_size(size: int, limit: int, remedy: str = "") -> None:
    if size > limit:
        megabytes = math.ceil(size / 1e5) / 10  # rounded up: what is over the limit must not look equal to it
        raise TooLargeError(f"{megabytes} MB is over the limit of {limit / 1e6:g} MB. {remedy}".rstrip(), field="bytes")


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
    terms.write(record.library, terms.described_terms(record), image_id)
    record.create()
    return record
