"""How a picture is brought to a size that somebody asked for: which part of it, and how large. Never enlarged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PIL import Image

from media_pipeline.boxes import Box
from media_pipeline.imaging.geometry import Size, fit_inside

Fit: TypeAlias = Literal["inside", "cover", "face"]


@dataclass(frozen=True, slots=True)
class Placement:
    """The part of the source in pixels (left, top, right, bottom) and the size that it is brought to."""

    part: tuple[int, int, int, int]
    size: Size


def place(size: Size, target: Size, fit: Fit, faces: Sequence[Box] = ()) -> Placement:
    """`inside` keeps all of the picture, `cover` the middle part of the target's aspect, `face` the part of that
    aspect with the faces in it: all of them if they go in together, else the largest; without any, as `cover`.
    """
    if fit == "inside":
        return Placement((0, 0, *size), fit_inside(size, target))
    window = _largest_window(size, target)
    centre = _attention(size, window, faces) if fit == "face" and faces else (size[0] / 2, size[1] / 2)
    left = _clamped(centre[0] - window[0] / 2, size[0] - window[0])
    top = _clamped(centre[1] - window[1] / 2, size[1] - window[1])
    made = target if target[0] <= window[0] else window
    return Placement((left, top, left + window[0], top + window[1]), made)


def placed(pixels: Image.Image, placement: Placement) -> Image.Image:
    """The pixels of that placement; the same object when nothing has to be done."""
    if placement == Placement((0, 0, *pixels.size), pixels.size):
        return pixels
    return pixels.resize(placement.size, Image.Resampling.LANCZOS, box=placement.part, reducing_gap=2.0)


def _largest_window(size: Size, aspect: Size) -> Size:
    scale = min(size[0] / aspect[0], size[1] / aspect[1])
    return max(1, min(size[0], round(aspect[0] * scale))), max(1, min(size[1], round(aspect[1] * scale)))


def _attention(size: Size, window: Size, faces: Sequence[Box]) -> tuple[float, float]:
    """The middle of all faces when the window holds them, of the largest face when it does not."""
    left, top = min(face.left for face in faces), min(face.top for face in faces)
    right = max(face.left + face.width for face in faces)
    bottom = max(face.top + face.height for face in faces)
    if (right - left) * size[0] > window[0] or (bottom - top) * size[1] > window[1]:
        face = max(faces, key=lambda face: face.width * face.height)
        left, top, right, bottom = face.left, face.top, face.left + face.width, face.top + face.height
    return (left + right) / 2 * size[0], (top + bottom) / 2 * size[1]


def _clamped(position: float, most: int) -> int:
    return min(max(round(position), 0), most)
