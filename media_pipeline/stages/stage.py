"""The one face of every stage: a name, and a function from the work at hand to its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image as PillowImage

from media_pipeline.imaging import Picture
from media_pipeline.models import Image, Rendition


@dataclass(frozen=True, slots=True)
class Work:
    """One image on the bench: its record, its bytes, what its header says, and its pixels (upright, sRGB).

    Stages run side by side and share it: they read, and change nothing.
    """

    record: Image
    original: bytes
    picture: Picture
    pixels: PillowImage.Image


@dataclass(frozen=True, slots=True)
class Result:
    """What a stage made: renditions that it has stored, and facts to set on the record, by attribute name."""

    renditions: tuple[Rendition, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """`run` raises errors of media_pipeline.errors; a retryable one leaves the stage to a later attempt."""

    name: str
    run: Callable[[Work], Result]
