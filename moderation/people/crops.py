"""A face cut from its picture: a window of an SVG on the signed rendition, so that no crop is stored anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from media_pipeline.readers import Reader
from moderation.models import Face
from moderation.services import faces

AROUND = 1.6  # sides of the window, in those of the face


@dataclass(frozen=True, slots=True)
class Crop:
    """`view` is a square in pixels of a picture of `width` by `height`; `url` is None while nobody may see it."""

    face: Face
    url: str | None
    width: int
    height: int
    view: str


def crops_of(reader: Reader, found: Iterable[Face]) -> list[Crop]:
    """In the order given; faces of images that are gone are left out."""
    wanted = list(found)
    pictures = faces.pictures(reader, wanted)
    return [_crop(face, pictures[face.image_id]) for face in wanted if face.image_id in pictures]


def _crop(face: Face, picture: faces.Picture) -> Crop:
    width, height = max(1, picture.width), max(1, picture.height)
    side = min(AROUND * max(face.width * width, face.height * height), width, height)
    left = _within((face.left + face.width / 2) * width - side / 2, width - side)
    top = _within((face.top + face.height / 2) * height - side / 2, height - side)
    return Crop(face, picture.url, width, height, f"{left:.1f} {top:.1f} {side:.1f} {side:.1f}")


def _within(value: float, most: float) -> float:
    return min(max(0.0, value), most)
