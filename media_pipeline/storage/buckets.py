"""The two buckets: originals, which are never changed, and renditions, which can always be made again.

`sign` is the only place that hands out an address of an image. It holds the table of who may see what, so that
nothing unjudged is delivered by any road.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, IncompleteReadError

from media_pipeline.aws import clients as aws
from media_pipeline.conf import conf
from media_pipeline.errors import ImageError, ImageTooLargeError, TemporaryError
from media_pipeline.record.models import Rendition

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONTENT_TYPES = {"jpeg": "image/jpeg", "webp": "image/webp", "avif": "image/avif", "png": "image/png"}
IMMUTABLE = "private, max-age=31536000, immutable"
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
