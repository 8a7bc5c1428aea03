"""What a camera wrote about its picture, from the EXIF block (EXIF 2.32) as plain, bounded, JSON-ready values."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any, NotRequired, TypeAlias, TypedDict

import exifread
from exifread.core.exceptions import ExifError

from media_pipeline.imaging.damage import PARSE_FAILURES
from media_pipeline.imaging.formats import read_header, sniff
from media_pipeline.imaging.orientation import exif_orientation

logging.getLogger("exifread").setLevel(logging.ERROR)  # it warns about every odd tag of every upload

_EXIF_FAILURES: tuple[type[Exception], ...] = (ExifError, *PARSE_FAILURES)
_READS_ALLOWED = 50_000  # a busy camera file takes 3,000; directories that point at each other take for ever
_TAGS_KEPT = 200
_TEXT_KEPT = 300
_LIST_KEPT = 16
_PROMOTED = frozenset(
    {
        "Image Make",
        "Image Model",
        "Image Orientation",
        "EXIF LensModel",
        "EXIF ExposureTime",
        "EXIF FNumber",
        "EXIF ISOSpeedRatings",
        "EXIF FocalLength",
        "EXIF FocalLengthIn35mmFilm",
        "EXIF DateTimeOriginal",
        "EXIF OffsetTimeOriginal",
        "Image ExifOffset",
        "Image GPSInfo",
        "EXIF InteroperabilityOffset",
        "EXIF MakerNote",
        "EXIF UserComment",
        "Image ApplicationNotes",
        "Image InterColorProfile",
        "Image PrintIM",
        "Image ImageResources",
        "Image StripOffsets",
        "Image StripByteCounts",
        "Image TileOffsets",
        "Image TileByteCounts",
    }
)

Plain: TypeAlias = str | int | float | list[str | int | float]
Tags: TypeAlias = Mapping[str, Any]  # ExifRead's IfdTag, untyped


class Gps(TypedDict):
    """Decimal degrees, south and west negative; metres above sea level."""

    latitude: float
    longitude: float
    altitude: NotRequired[float]


@dataclass(frozen=True, slots=True)
class Metadata:
    """None where the file says nothing or nonsense. `taken_at` is ISO 8601, with an offset when the camera knew it.

    `exif` is the rest under ExifRead's names; places are in `gps` alone, so that leaving that out hides them.
    """

    camera_make: str | None = None
    camera_model: str | None = None
    lens: str | None = None
    taken_at: str | None = None
    gps: Gps | None = None
    orientation: int = 1
    exposure_time: str | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    focal_length_35mm: int | None = None
    exif: dict[str, Plain] = field(default_factory=dict)


def read_metadata(data: bytes) -> Metadata:
    """The metadata of a file in any supported format. Never raises: hostile or broken EXIF is no EXIF."""
    block = _exif_block(data)
    tags = _tags(block)
    exposure = _positive(_number(tags, "EXIF ExposureTime"))
    return Metadata(
        camera_make=_text(tags, "Image Make"),
        camera_model=_text(tags, "Image Model"),
        lens=_text(tags, "EXIF LensModel"),
        taken_at=_taken_at(tags),
        gps=_gps(tags),
        orientation=exif_orientation(block),
        exposure_time=_fraction(exposure) if exposure else None,
        f_number=_positive(_number(tags, "EXIF FNumber")),
        iso=_whole(_positive(_number(tags, "EXIF ISOSpeedRatings"))),
        focal_length=_positive(_number(tags, "EXIF FocalLength")),
        focal_length_35mm=_whole(_positive(_number(tags, "EXIF FocalLengthIn35mmFilm"))),
        exif=_rest(tags),
    )


class _BudgetedFile(BytesIO):
    """Ends ExifRead's walk after a number of reads, whatever loops, overlaps or fans out in the directories."""

    reads_left = _READS_ALLOWED

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads_left -= 1
        if self.reads_left < 0:
            raise EOFError("too many directory entries")
        return super().read(size)


def _exif_block(data: bytes) -> bytes:
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


def _tags(block: bytes) -> Tags:
    if block[:2] not in (b"II", b"MM"):
        return {}
    try:
        tags: Tags = exifread.process_file(_BudgetedFile(block), details=False, extract_thumbnail=False)
    except _EXIF_FAILURES:
        return {}
    return tags


def _text(tags: Tags, name: str) -> str | None:
    values = getattr(tags.get(name), "values", None)
    return _clean(values) or None if isinstance(values, str) else None


def _clean(text: str) -> str:
    """Printable and bounded: JSON, DynamoDB and PostgreSQL refuse NUL or lone surrogates here and there."""
    kept = "".join(character for character in text[: 4 * _TEXT_KEPT] if character.isprintable())
    return kept.strip()[:_TEXT_KEPT]


def _number(tags: Tags, name: str) -> float | None:
    values = getattr(tags.get(name), "values", None)
    return _finite(values[0]) if isinstance(values, list) and values else None


def _finite(value: Any) -> float | None:
    """A number of JSON's kind of an integer, a float or ExifRead's Ratio, whose denominator may be zero."""
    try:
        if hasattr(value, "numerator") and hasattr(value, "denominator"):
            value = value.numerator / value.denominator
        number = float(value)
    except (ArithmeticError, TypeError, ValueError):
        return None
    return round(number, 6) if math.isfinite(number) else None


def _positive(number: float | None) -> float | None:
    return number if number is not None and 0 < number < 1e7 else None


def _whole(number: float | None) -> int | None:
    return round(number) if number is not None else None


def _fraction(seconds: float) -> str:
    """As cameras show it: 1/250, 0.5, 30."""
    return f"1/{round(1 / seconds)}" if seconds <= 0.4 else f"{seconds:g}"


def _taken_at(tags: Tags) -> str | None:
    for name, offset in (
        ("EXIF DateTimeOriginal", "EXIF OffsetTimeOriginal"),
        ("EXIF DateTimeDigitized", "EXIF OffsetTimeDigitized"),
        ("Image DateTime", "EXIF OffsetTime"),
    ):
        text = (_text(tags, name) or "").replace("-", ":")[:19]
        try:
            taken = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - most cameras know no zone
        except ValueError:
            continue
        return taken.isoformat() + _offset(_text(tags, offset))
    return None


def _offset(text: str | None) -> str:
    try:
        return "" if not text else datetime.strptime(text, "%z").strftime("%z")[:3] + ":" + text[-2:]
    except ValueError:
        return ""


def _gps(tags: Tags) -> Gps | None:
    latitude = _degrees(tags, "GPS GPSLatitude", limit=90, signs={"N": 1, "S": -1})
    longitude = _degrees(tags, "GPS GPSLongitude", limit=180, signs={"E": 1, "W": -1})
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None  # 0, 0 is what receivers write before they know where they are
    gps = Gps(latitude=latitude, longitude=longitude)
    altitude = _number(tags, "GPS GPSAltitude")
    if altitude is not None and abs(altitude) < 100_000:
        gps["altitude"] = -altitude if _number(tags, "GPS GPSAltitudeRef") == 1 else altitude
    return gps


def _degrees(tags: Tags, name: str, *, limit: float, signs: Mapping[str, int]) -> float | None:
    """None without a hemisphere: half of all guesses would be on the wrong side of the earth."""
    sign = signs.get((_text(tags, name + "Ref") or "").upper()[:1])
    values = getattr(tags.get(name), "values", None)
    if sign is None or not isinstance(values, list) or not 1 <= len(values) <= 3:
        return None
    parts = [_finite(value) for value in values]
    if any(part is None or part < 0 for part in parts):
        return None
    degrees = sum((part or 0) / 60**power for power, part in enumerate(parts))
    return round(sign * degrees, 7) if degrees <= limit else None


def _rest(tags: Tags) -> dict[str, Plain]:
    rest: dict[str, Plain] = {}
    for name, tag in tags.items():
        if len(rest) == _TAGS_KEPT:
            break
        if name in _PROMOTED or name.startswith(("GPS ", "Thumbnail ", "MakerNote ", "JPEG", "TIFF")):
            continue
        value = _plain(tag)
        if value is not None:
            rest[_clean(name)] = value
    return rest


def _plain(tag: Any) -> Plain | None:
    """An enumeration as its words, a number as a number, text cleaned; None for blobs and nothing."""
    if getattr(tag, "prefer_printable", False):
        return _clean(str(tag.printable)) or None
    values = getattr(tag, "values", None)
    if isinstance(values, str):
        return _clean(values) or None
    if not isinstance(values, list) or not 1 <= len(values) <= _LIST_KEPT:
        return None
    numbers = [_integral(value) for value in values]
    if any(number is None for number in numbers):
        return None
    kept: list[str | int | float] = [number for number in numbers if number is not None]
    return kept[0] if len(kept) == 1 else kept


def _integral(value: Any) -> int | float | None:
    number = _finite(value)
    return int(number) if number is not None and number.is_integer() else number
