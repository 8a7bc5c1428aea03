"""Classes that images fall into: shape, size, colour. Only the rare ones are terms."""

from __future__ import annotations

import colorsys
from collections.abc import Iterable

from media_pipeline.record.models import Image

FORMATS = ("jpeg", "png", "webp", "gif", "tiff", "heic", "avif", "bmp")
ORIENTATIONS = ("landscape", "portrait", "square")
SIZES = {"small": 1, "medium": 8, "large": 32, "huge": float("inf")}  # below so many megapixels
HUES = ((15, "red"), (45, "orange"), (70, "yellow"), (165, "green"), (195, "teal"), (255, "blue"), (290, "purple"))
COLOURS = ("black", "grey", "white", "brown", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink")
# What so many images share that a list of them would be hardly shorter than that of all.
COMMON = frozenset(
    {
        "format:jpeg",
        "orientation:landscape",
        "orientation:portrait",
        "size:medium",
        "size:large",
        "colour:black",
        "colour:grey",
        "colour:white",
        "colour:brown",
    }
)


def rare(record: Image) -> set[str]:
    """The terms for those classes of the image that few others are in."""
    values = {
        "format": record.format,
        "orientation": orientation(record),
        "size": size(record),
        "colour": colour(record.colour),
    }
    return {f"{kind}:{value}" for kind, value in values.items() if value} - COMMON


def terms(kind: str, values: Iterable[str]) -> tuple[str, ...]:
    """The terms under which images of any of these classes lie; none when one of them is common."""
    wanted = tuple(f"{kind}:{value}" for value in values)
    return () if COMMON.intersection(wanted) else wanted


def orientation(record: Image) -> str | None:
    """Square allows for a border: sides that differ by less than a fiftieth."""
    if not record.width or not record.height:
        return None
    if abs(record.width - record.height) * 50 < max(record.width, record.height):
        return "square"
    return "landscape" if record.width > record.height else "portrait"


def size(record: Image) -> str | None:
    if not record.width or not record.height:
        return None
    megapixels = record.width * record.height / 1e6
    return next(name for name, limit in SIZES.items() if megapixels < limit)


def colour(code: str | None) -> str | None:
    """The name that people would give to #rrggbb."""
    if code is None:
        return None
    red, green, blue = (int(code[start : start + 2], 16) / 255 for start in (1, 3, 5))
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    if value < 0.2:
        return "black"
    if saturation < 0.18:
        return "white" if value > 0.85 else "grey"
    name = next((name for limit, name in HUES if hue * 360 < limit), "pink" if hue * 360 < 345 else "red")
    return "brown" if name in {"red", "orange", "yellow"} and value < 0.65 and saturation < 0.75 else name
