"""The one signer: the only place that hands out an address of an image.

It holds the table of who may see what, so that nothing unjudged is delivered by any road.
"""

from __future__ import annotations

import time
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from media_pipeline.access.readers import Invitation, Reader
from media_pipeline.conf import conf
from media_pipeline.record.models import BLURRED, THUMBNAILS, Image, Rendition, ReviewState, Status
from media_pipeline.storage import presigning
from media_pipeline.telemetry import logger

if TYPE_CHECKING:
    from storages.backends.s3 import S3Storage

ORIGINAL = "original"
FOR_GUESTS = frozenset({*THUMBNAILS, "jpeg", "webp", "avif"})
MIN_SECONDS = 2  # seconds that an address may live: its window is half of them


class Purpose(StrEnum):
    VIEW = "view"
    DOWNLOAD = "download"


def sign(record: Image, reader: Reader, purpose: Purpose, name: str) -> str | None:
    """The address of rendition `name` (or of "original") for `reader`, None when there is none for them.

    Unjudged: thumbnails for a minute, to the owner and to reviewers, whose look is logged. Rejected: reviewers.
    Child-safety: nobody. Ready: everything, to the owner and reviewers, for five minutes; thumbnails, to face reviewers
    where faces were measured. The blurred rendition shows nothing: reviewers get it without a note.
    A guest gets what was shared, while it is ready and not behind the age gate.
    """
    guest = reader.invitation
    seconds = _seconds_for_guest(record, guest, purpose, name) if guest else _seconds_allowed(record, reader, name)
    if not seconds:
        return None
    if reader.is_reviewer and not reader.owns(record.owner) and name != BLURRED:
        logger.info("reviewer sees image", image_id=record.image_id, reader=reader.id, rendition=name)
    parameters: dict[str, str] = {}
    rendition = Rendition(BLURRED, "jpeg", 0, 0, 0) if name == BLURRED else record.rendition(name)
    if purpose is Purpose.DOWNLOAD:
        parameters["response-content-disposition"] = _attachment(record, rendition, is_guest=guest is not None)
    if name == ORIGINAL and record.version_id:
        parameters["versionId"] = record.version_id
        return presigning.presigned(conf.originals_bucket, record.object_key, parameters, seconds=seconds)
    if rendition is None:
        return None
    return _rendition_url(rendition.key(record.image_id), seconds, parameters)


def _seconds_allowed(record: Image, reader: Reader, name: str) -> int:
    """The table: how long an address may live for this reader; 0 is not at all."""
    if record.review == ReviewState.CHILD_SAFETY or not (reader.is_reviewer or reader.owns(record.owner)):
        return conf.signed_url_seconds if _shows_faces(record, reader, name) else 0
    if name == BLURRED:
        return conf.signed_url_seconds if reader.is_reviewer else 0
    unjudged, ready = conf.unjudged_url_seconds, conf.signed_url_seconds
    rejected = unjudged if reader.is_reviewer else 0
    match record.status:
        case Status.READY:
            return ready
        case Status.REJECTED:
            return rejected
        case Status.DELETED if record.review == ReviewState.REJECTED:
            return rejected if name in THUMBNAILS else 0
        case _:
            return unjudged if name in THUMBNAILS else 0


def _seconds_for_guest(record: Image, guest: Invitation, purpose: Purpose, name: str) -> int:
    """Never the original, whose metadata says where it was taken."""
    is_open = record.status is Status.READY and record.review != ReviewState.RESTRICTED
    is_asked = name in FOR_GUESTS and (guest.may_download or purpose is Purpose.VIEW)
    if not is_open or not is_asked or not guest.opens(record.owner, record.image_id, record.rank_by_album):
        return 0
    left = guest.expires_at - int(time.time())
    return min(conf.signed_url_seconds, left) if left >= MIN_SECONDS else 0


def _shows_faces(record: Image, reader: Reader, name: str) -> bool:
    """Whether a face reviewer may look at it: only what was let out, and where its library consented."""
    return (
        reader.is_face_reviewer
        and record.status is Status.READY
        and bool(record.face_collection)
        and name in THUMBNAILS
    )


def _attachment(record: Image, rendition: Rendition | None, *, is_guest: bool) -> str:
    """A Content-Disposition that names the original, with the rendition's own extension (RFC 6266, RFC 8187).

    For guests it is the title, since a file's name says more than its owner may think of.
    """
    filename = f"{record.title or 'photo'}." if is_guest else record.filename
    if rendition is not None:
        stem = filename.rpartition(".")[0] or filename
        filename = f"{stem}.{rendition.key(record.image_id).rpartition('.')[2]}"
    return f"attachment; filename*=UTF-8''{quote(filename, safe='')}"


def _rendition_url(key: str, seconds: int, parameters: dict[str, str]) -> str:
    """CloudFront's address where it can be signed, else the bucket's."""
    if conf.cloudfront_domain and conf.cloudfront_key_id and conf.cloudfront_key:
        url: str = _distribution().url(key, parameters=parameters, expire=presigning.window_end(seconds) - time.time())
        return url
    return presigning.presigned(conf.renditions_bucket, key, parameters, seconds=seconds)


@cache
def _distribution() -> S3Storage:
    from storages.backends.s3 import S3Storage  # noqa: PLC0415 - brings boto3, which nothing else needs: 25 ms

    return S3Storage(
        bucket_name=conf.renditions_bucket,
        custom_domain=conf.cloudfront_domain,
        cloudfront_key_id=conf.cloudfront_key_id,
        cloudfront_key=conf.cloudfront_key.encode(),
    )
