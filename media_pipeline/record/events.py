"""AWS's event JSON as typed objects. Object keys are URL-decoded here and nowhere else.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from media_pipeline.errors import DarkroomError
from media_pipeline.record.models import Image


class MalformedEventError(DarkroomError):
    """The event is not what its source sends; it goes to the dead letters as it is."""

    status = 500


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One stored version of one object. `version_id` is "null" in a bucket without versioning, as S3 calls it."""

    bucket: str
    key: str
    version_id: str


@dataclass(frozen=True, slots=True)
class RetryRequest:
    """A message of the retry queue: go on with this image where its ledger says, or make one more rendition of it."""

    message_id: str
    image_id: str
    rendition: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One change of an image's record, as the table's stream tells it; `before` and `after` are None at its ends."""

    image_id: str
    before: Image | None
    after: Image | None


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
        body = json.loads(record["body"])
        return RetryRequest(record["messageId"], str(body["image_id"]), body.get("rendition"))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MalformedEventError(f"Not a retry request: {error!r}.") from error


def redriven_objects(record: Mapping[str, Any]) -> list[ObjectVersion]:
    """The objects of an S3 notification that comes back from the dead letters; none for every other message."""
    try:
        body = json.loads(record["body"])
    except (KeyError, TypeError, ValueError):
        return []
    return created_objects(body) if isinstance(body, dict) and "Records" in body else []


def record_change(record: Mapping[str, Any]) -> RecordChange:
    """One record of a DynamoDB stream's event.

    https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#events-sample-dynamodb
    """
    try:
        change = record["dynamodb"]
        return RecordChange(
            image_id=change["Keys"]["image_id"]["S"],
            before=_image(change.get("OldImage")),
            after=_image(change.get("NewImage")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedEventError(f"Not a change of an image's record: {error!r}.") from error


def _image(attributes: Mapping[str, Any] | None) -> Image | None:
    if not attributes:
        return None
    return Image.from_raw_data({name: _bytes_decoded(value) for name, value in attributes.items()})


def _bytes_decoded(value: dict[str, Any]) -> dict[str, Any]:
    """Lambda's JSON has binary attributes in base64, at the top level of a record as ours are."""
    return {"B": base64.b64decode(value["B"])} if "B" in value else value
