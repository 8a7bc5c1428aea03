"""The shape of an image's id in addresses: what cannot be an id is not looked up (DynamoDB refuses keys over 2 kB)."""

from __future__ import annotations

import re

from django.http import HttpRequest
from django.urls.converters import StringConverter

from media_pipeline.errors import InvalidRequestError

MAX_CHOSEN = 100  # one BatchGetItem; and deleting each takes five more calls, within API Gateway's 29 seconds
PATTERN = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


class ImageIdConverter(StringConverter):
    regex = PATTERN.pattern


def chosen_ids(request: HttpRequest) -> list[str]:
    """The photos that a form names, in its order and once each."""
    ids = list(dict.fromkeys(filter(is_image_id, request.POST.getlist("photo"))))
    if len(ids) > MAX_CHOSEN:
        raise InvalidRequestError(f"Up to {MAX_CHOSEN} photos can be changed at once. Choose fewer.")
    if not ids:
        raise InvalidRequestError("Choose photos first.")
    return ids


def is_image_id(text: str) -> bool:
    return PATTERN.fullmatch(text) is not None
