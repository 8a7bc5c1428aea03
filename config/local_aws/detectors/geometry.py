"""Where something is in a picture, as shares of its width and height, so that it holds at every scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # height x width x 3, red first


@dataclass(frozen=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    width: float
    height: float

    @property
    def area(self) -> float:
        return self.width * self.height

    def overlap(self, other: Box) -> float:
        """Intersection over union: 1 for the same box, 0 for boxes apart."""
        width = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        height = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        if width <= 0 or height <= 0:
            return 0.0
        return width * height / (self.area + other.area - width * height)

    def inside(self) -> Box:
        """The part of it that lies in the picture."""
        left, top = max(0.0, self.left), max(0.0, self.top)
        right, bottom = min(1.0, self.left + self.width), min(1.0, self.top + self.height)
        return Box(left, top, right - left, bottom - top)

    def crop(self, pixels: Pixels) -> Pixels:
        """The pixels inside it; at least one, even at the very edge."""
        height, width = pixels.shape[:2]
        left, top = min(int(self.left * width), width - 1), min(int(self.top * height), height - 1)
        right, bottom = round((self.left + self.width) * width), round((self.top + self.height) * height)
        return pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
