"""The shape of an image's id in addresses: what cannot be an id is not looked up (DynamoDB refuses keys over 2 kB)."""

from __future__ import annotations

import re

from django.urls.converters import StringConverter

PATTERN = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


class ImageIdConverter(StringConverter):
    regex = PATTERN.pattern


def is_image_id(text: str) -> bool:
    return PATTERN.fullmatch(text) is not None
