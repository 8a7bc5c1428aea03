"""Pagination tokens. A token says where the next page begins, and fits only the list it was made for."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from typing import Any

from config.local_aws.rekognition.errors import ServiceError


def position(request: dict[str, Any], *scope: str) -> int:
    """The number after which the request's page begins; 0 for the first page."""
    token = request.get("NextToken")
    if not token:
        return 0
    try:
        digest, after = json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError, TypeError):
        digest, after = None, None
    if digest != _digest(scope) or not isinstance(after, int):
        raise ServiceError("InvalidPaginationTokenException", "Invalid pagination token")
    return after


def next_token(numbers: Sequence[int], limit: int, *scope: str) -> dict[str, str]:
    """NextToken when `numbers`, of which one more than `limit` was asked for, go on after this page."""
    if len(numbers) <= limit:
        return {}
    token = json.dumps([_digest(scope), numbers[limit - 1]], separators=(",", ":"))
    return {"NextToken": base64.urlsafe_b64encode(token.encode()).decode()}


def _digest(scope: Sequence[str]) -> int:
    return zlib.crc32("|".join(scope).encode())
