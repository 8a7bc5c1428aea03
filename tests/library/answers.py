"""What is read in the answers of pages."""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponse

HTMX = {"HX-Request": "true"}


def text(answer: HttpResponse) -> str:
    """With one space where there are several: more mean nothing in HTML."""
    return re.sub(r"\s+", " ", unescape(answer.content.decode()))


def tile_ids(answer: HttpResponse) -> list[str]:
    return re.findall(r'id="tile-(\w{26})"', text(answer))
