"""The two buckets: originals, which are never changed, and renditions, which can always be made again.

`sign` is the only place that hands out an address of an image. It holds the table of who may see what, so that
nothing unjudged is delivered by any road.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError, IncompleteReadError

from media_pipeline import aws, presigning
from media_pipeline.conf import conf
from media_pipeline.errors import ImageError, ImageTooLargeError, TemporaryError
from media_pipeline.models import BLURRED, THUMBNAILS, Image, Rendition, ReviewState, Status
from media_pipeline.readers import Invitation, Reader
from media_pipeline.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from storages.backends.s3 import S3Storage

CONTENT_TYPES = {"jpeg": "image/jpeg", "webp": "image/webp", "avif": "image/avif", "png": "image/png"}
IMMUTABLE = "private, max-age=31536000, immutable"
ORIGINAL = "original"
FOR_GUESTS = frozenset({*THUMBNAILS, "jpeg", "webp", "avif"})
SHORTEST = 2  # seconds that an address may live: its window is half of them
VERSIONS_PAGE = 1000  # the most that S3 lists at once; a form that is posted over and over makes more
# HEAD and GET of what is not there answer 403 to a role without ListBucket; a delete marker answers 405.
MISSING_CODES = frozenset({"NoSuchKey", "NoSuchVersion", "404", "403", "405", "AccessDenied", "MethodNotAllowed"})


class OriginalMissingError(ImageError):
    """The uploaded object, or the version that was processed first, is gone."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """Facts of one stored version; `metadata` is what the uploader put into x-amz-meta-*."""

    version_id: str
    bytes: int
    content_type: str
    stored_at: dt.datetime
    metadata: dict[str, str]


@dataclass(frozen=True, slots=True)
class UploadForm:
    """A form that S3 accepts once signed: every field, and the file as the last one."""

    url: str
    fields: dict[str, str]
    expires_at: dt.datetime


def s3() -> S3Client:
    client: S3Client = aws.client("s3")
    return client


# Originals


def upload_form(key: str, *, content_type: str, size: int) -> UploadForm:
    """A presigned POST for exactly this key, type and number of bytes; S3 itself refuses everything else."""
    form = s3().generate_presigned_post(
        conf.originals_bucket,
        key,
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", size, size]],
        ExpiresIn=conf.upload_expires_seconds,
    )
    expires_at = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=conf.upload_expires_seconds)
    return UploadForm(url=form["url"], fields=form["fields"], expires_at=expires_at)


def put_original(key: str, data: bytes, *, content_type: str) -> None:
    with aws.temporary_errors("S3"):
        s3().put_object(Bucket=conf.originals_bucket, Key=key, Body=data, ContentType=content_type)


def fetch_original(key: str, version_id: str) -> bytes:
    """The bytes of one version; refused by its length before anything is read when it is over the upload limit."""
    try:
        answer = s3().get_object(Bucket=conf.originals_bucket, Key=key, VersionId=version_id)
        if answer["ContentLength"] > conf.upload_max_bytes:
            answer["Body"].close()
            size, limit = answer["ContentLength"] / 1e6, conf.upload_max_bytes / 1e6
            raise ImageTooLargeError(f"The file has {size:.0f} MB, more than the limit of {limit:.0f} MB.")
        return answer["Body"].read()
    except ClientError as error:
        raise _translated(error) from error
    except (IncompleteReadError, BotoCoreError) as error:
        raise TemporaryError("S3 broke off while the original was read.") from error


def stored_object(key: str, version_id: str) -> StoredObject | None:
    """Facts of one version, None when it is not there."""
    try:
        head = s3().head_object(Bucket=conf.originals_bucket, Key=key, VersionId=version_id)
    except ClientError as error:
        if isinstance(translated := _translated(error), OriginalMissingError):
            return None
        raise translated from error
    return StoredObject(
        version_id, head["ContentLength"], head.get("ContentType", ""), head["LastModified"], head["Metadata"]
    )


def original_versions(key: str) -> list[str]:
    """The ids of all stored versions of `key`, delete markers included."""
    return _listed(key, "DeleteMarkers", "Versions")


def first_version(key: str) -> str | None:
    """The id of the oldest stored version of `key`: the upload whose notification was lost."""
    versions = _listed(key, "Versions")
    return versions[-1] if versions else None  # S3 lists the newest first


def _listed(key: str, *kinds: str) -> list[str]:
    paginator = s3().get_paginator("list_object_versions")
    pages: Iterable[Mapping[str, Any]] = paginator.paginate(
        Bucket=conf.originals_bucket, Prefix=key, PaginationConfig={"PageSize": VERSIONS_PAGE}
    )
    found: list[str] = []
    with aws.temporary_errors("S3"):
        for page in pages:
            stored = [version for kind in kinds for version in page.get(kind, [])]
            found += [version["VersionId"] for version in stored if version["Key"] == key]
            if any(version["Key"] != key for version in stored):
                break  # longer keys that begin alike come after it
    return found


def delete_original_version(key: str, version_id: str) -> None:
    with aws.temporary_errors("S3"):
        s3().delete_object(Bucket=conf.originals_bucket, Key=key, VersionId=version_id)


def _translated(error: ClientError) -> Exception:
    if aws.is_temporary(error):
        return TemporaryError(f"S3 did not answer as it should ({aws.error_code(error)}).")
    if aws.error_code(error) in MISSING_CODES:
        return OriginalMissingError("The uploaded file is no longer in the bucket. Upload it again.")
    return error


# Renditions


def put_rendition(image_id: str, rendition: Rendition, data: bytes) -> None:
    """Store from memory in one request."""
    with aws.temporary_errors("S3"):
        s3().put_object(
            Bucket=conf.renditions_bucket,
            Key=rendition.key(image_id),
            Body=data,
            ContentType=CONTENT_TYPES[rendition.format],
            CacheControl=IMMUTABLE,
        )


def remove_renditions(keys: list[str]) -> None:
    """Delete up to 1,000 objects, whether they exist or not."""
    with aws.temporary_errors("S3"):
        s3().delete_objects(
            Bucket=conf.renditions_bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
        )


def fetch_rendition(image_id: str, rendition: Rendition) -> bytes | None:
    """Its bytes, None when it is not there (any more)."""
    try:
        return s3().get_object(Bucket=conf.renditions_bucket, Key=rendition.key(image_id))["Body"].read()
    except ClientError as error:
        if isinstance(translated := _translated(error), OriginalMissingError):
            return None
        raise translated from error
    except (IncompleteReadError, BotoCoreError) as error:
        raise TemporaryError("S3 broke off while a rendition was read.") from error


# The one signer


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
    return min(conf.signed_url_seconds, left) if left >= SHORTEST else 0


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
