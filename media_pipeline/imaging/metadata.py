"""What a camera wrote about its picture, from the EXIF block (EXIF 2.32) as plain, bounded, JSON-ready values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NotRequired, TypedDict

from media_pipeline.imaging.exif_tags import (
    Plain,
    Tags,
    cleaned,
    exif_block,
    finite,
    number_of,
    plain_value,
    read_tags,
    text_of,
)
from media_pipeline.imaging.orientation import exif_orientation

_TAGS_KEPT = 200
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
    block = exif_block(data)
    tags = read_tags(block)
    exposure = _positive(number_of(tags, "EXIF ExposureTime"))
    return Metadata(
        camera_make=text_of(tags, "Image Make"),
        camera_model=text_of(tags, "Image Model"),
        lens=text_of(tags, "EXIF LensModel"),
        taken_at=_taken_at(tags),
        gps=_gps(tags),
        orientation=exif_orientation(block),
        exposure_time=_fraction(exposure) if exposure else None,
        f_number=_positive(number_of(tags, "EXIF FNumber")),
        iso=_whole(_positive(number_of(tags, "EXIF ISOSpeedRatings"))),
        focal_length=_positive(number_of(tags, "EXIF FocalLength")),
        focal_length_35mm=_whole(_positive(number_of(tags, "EXIF FocalLengthIn35mmFilm"))),
        exif=_rest(tags),
    )


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
        text = (text_of(tags, name) or "").replace("-", ":")[:19]
        try:
            taken = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - most cameras know no zone
        except ValueError:
            continue
        return taken.isoformat() + _offset(text_of(tags, offset))
    return None


def _offset(text: str | None) -> str:
    try:
        return datetime.strptime(text, "%z").isoformat()[19:] if text else ""
    except ValueError:
        return ""


def _gps(tags: Tags) -> Gps | None:
    latitude = _degrees(tags, "GPS GPSLatitude", limit=90, signs={"N": 1, "S": -1})
    longitude = _degrees(tags, "GPS GPSLongitude", limit=180, signs={"E": 1, "W": -1})
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None  # 0, 0 is what receivers write before they know where they are
    gps = Gps(latitude=latitude, longitude=longitude)
    altitude = number_of(tags, "GPS GPSAltitude")
    if altitude is not None and abs(altitude) < 100_000:
        gps["altitude"] = -altitude if number_of(tags, "GPS GPSAltitudeRef") == 1 else altitude
    return gps


def _degrees(tags: Tags, name: str, *, limit: float, signs: Mapping[str, int]) -> float | None:
    """None without a hemisphere: half of all guesses would be on the wrong side of the earth."""
    sign = signs.get((text_of(tags, name + "Ref") or "").upper()[:1])
    values = getattr(tags.get(name), "values", None)
    if sign is None or not isinstance(values, list) or not 1 <= len(values) <= 3:
        return None
    parts = [finite(value) for value in values]
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
        value = plain_value(tag)
        if value is not None:
            rest[cleaned(name)] = value
    return rest
