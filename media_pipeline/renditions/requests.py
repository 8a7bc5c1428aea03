"""One more rendition of an image, as somebody may ask for it: sizes from a ladder, so that nobody can fill the bucket.

The web function checks and queues a request; only the pipeline has the code that makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from media_pipeline.conf import conf
from media_pipeline.errors import InvalidRequestError
from media_pipeline.renditions import watermarks

FORMATS = ("jpeg", "png", "webp", "avif")
FITS = ("inside", "cover", "face")
QUALITIES = (50, 65, 75, 85, 95)
MAX_PER_IMAGE = 60  # requested renditions; the record carries them all


@dataclass(frozen=True, slots=True, kw_only=True)
class RenditionRequest:
    """`inside` keeps the whole picture, `cover` and `face` crop to width x height; nothing is enlarged."""

    format: str = "jpeg"
    width: int | None = None
    height: int | None = None
    fit: str = "inside"
    quality: int = 85
    watermark: str = ""

    def __post_init__(self) -> None:
        for field, value, allowed in (
            ("format", self.format, FORMATS),
            ("fit", self.fit, FITS),
            ("quality", self.quality, QUALITIES),
        ):
            if value not in allowed:
                raise InvalidRequestError(f"{field} is one of {', '.join(map(str, allowed))}.", field=field)
        for field, side in (("width", self.width), ("height", self.height)):
            if side is not None and side not in conf.rendition_sides:
                sides = ", ".join(map(str, conf.rendition_sides))
                raise InvalidRequestError(f"{field} is one of {sides}.", field=field)
        if self.width is None and self.height is None:
            raise InvalidRequestError("Give a width, a height, or both.", field="width")
        if self.fit != "inside" and (self.width is None or self.height is None):
            raise InvalidRequestError(f"To {self.fit}, give both width and height.", field="height")
        if self.watermark and self.watermark not in watermarks.presets():
            known = ", ".join(watermarks.presets()) or "none"
            raise InvalidRequestError(f"There is no watermark of that name; configured: {known}.", field="watermark")

    @property
    def name(self) -> str:
        """The same request has the same name, so that it is made once; `-` stands for a side left open."""
        size = f"{self.width or '-'}x{self.height or '-'}"
        parts = [self.format, size, self.fit, *([] if self.format == "png" else [f"q{self.quality}"])]
        return "_".join([*parts, *([f"w-{self.watermark}"] if self.watermark else [])])

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> RenditionRequest:
        return cls(**message)

    def to_message(self) -> dict[str, Any]:
        return asdict(self)
