"""A face cut from its picture: a window of an SVG on the signed rendition, so that no crop is stored anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from media_pipeline.access.readers import Reader
from moderation.models import Face
from moderation.services.people import pictures as face_pictures
from moderation.services.people.pictures import Picture


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
    pictures = face_pictures.of(reader, wanted)
    return [_crop(face, pictures[face.image_id]) for face in wanted if face.image_id in pictures]


def _crop(face: Face, picture: Picture) -> Crop:
    left, top, side = picture.window(face)
    return Crop(face, picture.url, picture.width, picture.height, f"{left:.1f} {top:.1f} {side:.1f} {side:.1f}")
