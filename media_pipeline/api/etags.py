"""Entity tags of images: the record's revision, and a mark of the addresses that this answer holds.

The addresses of renditions expire, so an answer is only "not modified" as long as they are the same too; a change
made with If-Match, on the other hand, cares about the revision alone. https://www.rfc-editor.org/rfc/rfc9110#section-13
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from media_pipeline.errors import InvalidRequestError
from media_pipeline.record.models import Image

TAG = re.compile(r'(?:W/)?"([^"]*)"')  # CloudFront weakens the tags of what it compresses; they are taken as well


def etag(record: Image, answer: Mapping[str, Any]) -> str:
    addresses = "\n".join(rendition["url"] or "" for rendition in answer["renditions"])
    return f'"{record.revision}-{hashlib.sha256(addresses.encode()).hexdigest()[:8]}"'


def is_unmodified(current: str, if_none_match: str) -> bool:
    return if_none_match.strip() == "*" or current.strip('"') in TAG.findall(if_none_match)


def required_revision(if_match: str | None) -> int | None:
    """The revision that a change is meant for; None when any will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    tags = TAG.findall(if_match)
    revision = tags[0].partition("-")[0] if len(tags) == 1 else ""
    if not (revision.isascii() and revision.isdigit() and len(revision) < 20):
        raise InvalidRequestError("If-Match takes one ETag of this image, as `GET` returned it.", field="If-Match")
    return int(revision)
