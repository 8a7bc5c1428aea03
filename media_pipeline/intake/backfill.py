"""Objects of buckets that were there before Darkroom, imported one by one as S3 Batch Operations names them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError

from media_pipeline.aws import clients as aws
from media_pipeline.conf import conf
from media_pipeline.errors import DarkroomError, ImageError, ImageTooLargeError
from media_pipeline.intake import tombstones
from media_pipeline.intake.filenames import clean_filename
from media_pipeline.record.events import MalformedEventError
from media_pipeline.record.models import Image, adopted_image_id, original_key
from media_pipeline.search import terms


class ResultCode(StrEnum):
    """What a job's report says of an object; S3 asks again about those that failed temporarily."""

    SUCCEEDED = "Succeeded"
    TEMPORARY_FAILURE = "TemporaryFailure"
    PERMANENT_FAILURE = "PermanentFailure"


@dataclass(frozen=True, slots=True)
class Task:
    """One object of a job's manifest; without a version when the manifest names none."""

    task_id: str
    bucket: str
    key: str
    version_id: str | None
    owner: str


class ErasedError(ImageError):
    """The image that the object would become was erased on demand."""


class ObjectUnreadableError(ImageError):
    """The object is gone, or the pipeline's role may not read that bucket."""


def tasks(event: Mapping[str, Any]) -> list[Task]:
    """The tasks of an invocation, of schema 1.0 (a bucket's ARN) or 2.0 (its name, and arguments of the user)."""
    try:
        arguments = event["job"].get("userArguments") or {}
        return [
            Task(
                task_id=task["taskId"],
                bucket=task.get("s3Bucket") or task["s3BucketArn"].rpartition(":")[2],
                key=unquote_plus(task["s3Key"]),
                version_id=task.get("s3VersionId"),
                owner=arguments.get("owner") or conf.default_owner,
            )
            for task in event["tasks"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise MalformedEventError(f"Not a task of S3 Batch Operations: {error!r}.") from error


def attempt(task: Task) -> dict[str, str]:
    """Import the object; the result as the job's report takes it."""
    try:
        code, text = ResultCode.SUCCEEDED, bring(task)
    except DarkroomError as error:
        code = ResultCode.TEMPORARY_FAILURE if error.retryable else ResultCode.PERMANENT_FAILURE
        text = str(error)
    return {"taskId": task.task_id, "resultCode": code, "resultString": text}


def bring(task: Task) -> str:
    """Announce the object and copy it to where its arrival sets the pipeline going; return its image's id.

    The id follows from the object, so that a job may be run again and copies only what is not there yet.
    """
    source = {"Bucket": task.bucket, "Key": task.key}
    if task.version_id:
        source["VersionId"] = task.version_id
    with aws.temporary_errors("S3"):
        found = _head(source)
    if found["ContentLength"] > conf.upload_max_bytes:
        size, limit = found["ContentLength"] / 1e6, conf.upload_max_bytes / 1e6
        raise ImageTooLargeError(f"The file has {size:.0f} MB, more than the limit of {limit:.0f} MB.")
    image_id = _announce(task, found)
    record = Image.load(image_id)
    if record is not None and record.version_id is None:
        with aws.temporary_errors("S3"):
            aws.client("s3").copy_object(Bucket=conf.originals_bucket, Key=record.object_key, CopySource=source)
    return image_id


def _head(source: Mapping[str, str]) -> dict[str, Any]:
    try:
        head: dict[str, Any] = aws.client("s3").head_object(**source)
    except ClientError as error:
        if aws.is_temporary(error):
            raise
        raise ObjectUnreadableError(
            f"{source['Key']} is not in {source['Bucket']}, or the pipeline may not read that bucket: the stack's "
            "parameter BackfillBucket must name it."
        ) from error
    return head


def _announce(task: Task, found: Mapping[str, Any]) -> str:
    modified: dt.datetime = found["LastModified"]
    image_id = adopted_image_id(task.bucket, task.key, task.version_id or "null", modified)
    if tombstones.is_buried(image_id):
        raise ErasedError("This image was erased on somebody's demand, and is not imported again.")
    record = Image(
        image_id,
        owner=task.owner,
        library=task.owner,
        filename=clean_filename(task.key),
        content_type=found.get("ContentType", ""),
        bytes=found["ContentLength"],
        key=original_key(image_id),
    )
    terms.write(record.library, terms.described_terms(record), image_id)
    record.create()
    return image_id
