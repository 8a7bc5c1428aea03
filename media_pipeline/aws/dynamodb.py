"""What all our items in DynamoDB share: one client, an attribute for what nothing queries, and a refused condition."""

from __future__ import annotations

import json
import zlib
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import BINARY
from pynamodb.models import Model

from media_pipeline.aws import clients as aws


class SharedClientModel(Model):
    """PynamoDB makes a botocore client for each model (50 ms of a cold start each); all of ours share one."""

    @classmethod
    def _get_connection(cls) -> Any:
        connection = super()._get_connection()
        connection.connection._client = aws.client("dynamodb")  # noqa: SLF001 - PynamoDB offers no argument for it
        return connection


class DeflatedJSON(Attribute[Any]):
    """What nothing queries, as deflated JSON: EXIF shrinks to a third, and writes are charged by size."""

    attr_type = BINARY

    def serialize(self, value: Any) -> bytes:
        return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 9)

    def deserialize(self, value: bytes) -> Any:
        return json.loads(zlib.decompress(value))


def condition_failed(error: Exception) -> bool:
    """Whether a write was refused because its condition did not hold, as one that lost a race is."""
    return aws.error_code(error) == "ConditionalCheckFailedException"
