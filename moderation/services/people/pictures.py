"""Faces as they are shown: cut out of a picture that the viewer may see, by a window on it. No crop is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from media_pipeline.record.models import Image
from media_pipeline.storage import signing
from media_pipeline.storage.signing import Purpose
from moderation.models import Face
from moderation.roles import Moderator
from moderation.services.people.access import Actor

RENDITION = "large"
AROUND = 1.7  # times the longer side of the face: hair and ears help to tell people apart


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a face can be cut from: `url` is signed for the actor, None while they may not see the image."""

    url: str | None
    width: int
    height: int
    filename: str

    def window(self, face: Face) -> tuple[float, float, float]:
        """Left, top and side, in pixels, of a square with the face in its middle, as far as the picture reaches."""
        around = AROUND * max(face.width * self.width, face.height * self.height)
        side = min(around, self.width, self.height)
        left = _within((face.left + face.width / 2) * self.width - side / 2, self.width - side)
        top = _within((face.top + face.height / 2) * self.height - side / 2, self.height - side)
        return left, top, side


def _within(place: float, most: float) -> float:
    return max(0.0, min(place, most))


def of(actor: Actor, faces: Iterable[Face]) -> dict[str, Picture]:
    """By image id, the pictures to cut these faces from; one BatchGetItem for a hundred images."""
    image_ids = sorted({face.image_id for face in faces})
    reader = actor.reader if isinstance(actor, Moderator) else actor
    found: dict[str, Picture] = {}
    for start in range(0, len(image_ids), 100):
        for record in Image.load_many(image_ids[start : start + 100]):
            url = signing.sign(record, reader, Purpose.VIEW, RENDITION)
            found[record.image_id] = Picture(url, int(record.width or 0), int(record.height or 0), record.filename)
    return found
