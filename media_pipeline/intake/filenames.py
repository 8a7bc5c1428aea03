"""File names as people's machines, other buckets and hostile clients send them."""

from __future__ import annotations

import unicodedata


def clean_filename(name: str) -> str:
    """The last part of a path, without control characters, at most 255 characters."""
    printable = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    return printable.replace("\\", "/").rpartition("/")[2].strip()[-255:] or "unnamed"
