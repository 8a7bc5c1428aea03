"""AWS's event JSON as typed objects. Object keys are URL-decoded here and nowhere else.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from media_pipeline.errors import DarkroomError


class MalformedEventError(DarkroomError):
    """The event is not what its source sends; it goes to the dead letters as it is."""


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One stored version of one object. `version_id` is "null" in a bucket without versioning, as S3 calls it."""

    bucket: str
    key: str
    version_id: str


@dataclass(frozen=True, slots=True)
class RetryRequest:
    """A message of the retry queue: go on with this image where its ledger says."""

    message_id: str
    image_id: str


def created_objects(event: Mapping[str, Any]) -> list[ObjectVersion]:
    """The objects that an S3 notification announces."""
    try:
        return [_object_version(record["s3"]) for record in event["Records"]]
    except (KeyError, TypeError) as error:
        raise MalformedEventError(f"Not an S3 notification: {error!r} is missing.") from error


def _object_version(s3: Mapping[str, Any]) -> ObjectVersion:
    return ObjectVersion(
        bucket=s3["bucket"]["name"],
        key=unquote_plus(s3["object"]["key"]),
        version_id=s3["object"].get("versionId", "null"),
    )


def retry_request(record: Mapping[str, Any]) -> RetryRequest:
    """One record of an SQS event from the retry queue."""
    try:
        return RetryRequest(message_id=record["messageId"], image_id=str(json.loads(record["body"])["image_id"]))
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedEventError(f"Not a retry request: {error!r}.") from error
