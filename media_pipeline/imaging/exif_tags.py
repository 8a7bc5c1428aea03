"""The EXIF tags of a file, read within a budget, and their values as clean text and finite numbers."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from io import BytesIO
from typing import Any, TypeAlias

import exifread
from exifread.core.exceptions import ExifError

from media_pipeline.imaging.damage import PARSE_FAILURES
from media_pipeline.imaging.formats import read_header, sniff

logging.getLogger("exifread").setLevel(logging.ERROR)  # it warns about every odd tag of every upload

Tags: TypeAlias = Mapping[str, Any]  # ExifRead's IfdTag, untyped
Plain: TypeAlias = str | int | float | list[str | int | float]

_EXIF_FAILURES: tuple[type[Exception], ...] = (ExifError, *PARSE_FAILURES)
_READS_ALLOWED = 50_000  # a busy camera file takes 3,000; directories that point at each other take for ever
_TEXT_KEPT = 300
_LIST_KEPT = 16


class _BudgetedFile(BytesIO):
    """Ends ExifRead's walk after a number of reads, whatever loops, overlaps or fans out in the directories."""

    reads_left = _READS_ALLOWED

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads_left -= 1
        if self.reads_left < 0:
            raise EOFError("too many directory entries")
        return super().read(size)


def exif_block(data: bytes) -> bytes:
    """The TIFF structure that holds the tags; a TIFF file is one itself."""
    kind = sniff(data)
    if kind is None:
        return b""
    if kind == "tiff":
        return data
    try:
        block = read_header(data, kind).info.get("exif")
    except PARSE_FAILURES:
        return b""
    return block.removeprefix(b"Exif\0\0") if isinstance(block, bytes) else b""


def read_tags(block: bytes) -> Tags:
    if block[:2] not in (b"II", b"MM"):
        return {}
    try:
        tags: Tags = exifread.process_file(_BudgetedFile(block), details=False, extract_thumbnail=False)
    except _EXIF_FAILURES:
        return {}
    return tags


def text_of(tags: Tags, name: str) -> str | None:
    values = getattr(tags.get(name), "values", None)
    return cleaned(values) or None if isinstance(values, str) else None


def cleaned(text: str) -> str:
    """Printable and bounded: JSON, DynamoDB and PostgreSQL refuse NUL or lone surrogates here and there."""
    kept = "".join(character for character in text[: 4 * _TEXT_KEPT] if character.isprintable())
    return kept.strip()[:_TEXT_KEPT]


def number_of(tags: Tags, name: str) -> float | None:
    values = getattr(tags.get(name), "values", None)
    return finite(values[0]) if isinstance(values, list) and values else None


def finite(value: Any) -> float | None:
    """A number of JSON's kind of an integer, a float or ExifRead's Ratio, whose denominator may be zero."""
    try:
        if hasattr(value, "numerator") and hasattr(value, "denominator"):
            value = value.numerator / value.denominator
        number = float(value)
    except (ArithmeticError, TypeError, ValueError):
        return None
    return round(number, 6) if math.isfinite(number) else None


def plain_value(tag: Any) -> Plain | None:
    """An enumeration as its words, a number as a number, text cleaned; None for blobs and nothing."""
    if getattr(tag, "prefer_printable", False):
        return cleaned(str(tag.printable)) or None
    values = getattr(tag, "values", None)
    if isinstance(values, str):
        return cleaned(values) or None
    if not isinstance(values, list) or not 1 <= len(values) <= _LIST_KEPT:
        return None
    numbers = [_integral(value) for value in values]
    if any(number is None for number in numbers):
        return None
    kept: list[str | int | float] = [number for number in numbers if number is not None]
    return kept[0] if len(kept) == 1 else kept


def _integral(value: Any) -> int | float | None:
    number = finite(value)
    return int(number) if number is not None and number.is_integer() else number
