"""The one face of every stage: a name, and a function from the work at hand to its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from PIL import Image as PillowImage

from media_pipeline.aws.rekognition import MIN_SIDE
from media_pipeline.imaging.encoders import encode_jpeg
from media_pipeline.imaging.opening import Picture
from media_pipeline.imaging.thumbnails import thumbnails
from media_pipeline.record.models import Image, Rendition

RECOGNITION_SIDE = 1920  # Rekognition finds faces from 40 pixels on at this size, and takes at most 5 MB


@dataclass(frozen=True)
class Work:
    """The image that a stage works on: its record, its bytes, what its header says, and its pixels (upright, sRGB).

    Stages run side by side and share it: they read, and change nothing.
    """

    record: Image
    original: bytes
    picture: Picture
    pixels: PillowImage.Image
    twin: Image | None = None  # an image with the same bytes that was judged already

    @property
    def is_tiny(self) -> bool:
        """Too small for Rekognition to look at."""
        return min(self.pixels.size) < MIN_SIDE

    @cached_property
    def recognition_jpeg(self) -> bytes:
        """The image as Rekognition takes it, whatever format and size the original has."""
        small = thumbnails(self.pixels, (RECOGNITION_SIDE,))[RECOGNITION_SIDE]
        return encode_jpeg(small, quality=85)


@dataclass(frozen=True, slots=True)
class Result:
    """What a stage made: renditions that it has stored, and facts to set on the record, by attribute name."""

    renditions: tuple[Rendition, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """`run` raises errors of media_pipeline.errors; a retryable one leaves the stage to a later attempt.

    Without the result of a stage that `judges`, no image is let out: its errors lead to a later attempt, whatever
    they are.
    """

    name: str
    run: Callable[[Work], Result]
    judges: bool = False
