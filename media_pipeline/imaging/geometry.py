"""Sizes and orientations, computed apart from any pixel."""

from __future__ import annotations

from typing import TypeAlias

from PIL.Image import Transpose

Size: TypeAlias = tuple[int, int]

# EXIF 2.32 tag 0x0112: what has to be done to the stored pixels to stand upright.
UPRIGHT: dict[int, Transpose] = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


def upright_size(size: Size, orientation: int) -> Size:
    width, height = size
    return (height, width) if orientation >= 5 else (width, height)


def fit_inside(size: Size, box: Size) -> Size:
    """The largest size of the same aspect inside `box`, never larger than `size`, no side below one pixel."""
    width, height = size
    scale = min(1.0, box[0] / width, box[1] / height)
    return max(1, int(width * scale + 0.5)), max(1, int(height * scale + 0.5))
