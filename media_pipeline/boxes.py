"""Where something is in a picture, as ratios of its width and height."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """Ratios of the upright image's width and height."""

    left: float
    top: float
    width: float
    height: float

    def overlap(self, other: Box) -> float:
        """How much of both together they share, from 0 to 1: the intersection over the union."""
        width = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        height = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        if width <= 0 or height <= 0:
            return 0.0
        shared = width * height
        return shared / (self.width * self.height + other.width * other.height - shared)

    def enlarged(self, times: float) -> Box:
        """The box around the same middle, `times` as wide and as high, cut off at the picture's edges."""
        left = max(0.0, self.left - self.width * (times - 1) / 2)
        top = max(0.0, self.top - self.height * (times - 1) / 2)
        right = min(1.0, self.left + self.width * (times + 1) / 2)
        bottom = min(1.0, self.top + self.height * (times + 1) / 2)
        return Box(left, top, right - left, bottom - top)

    def within(self, window: Box) -> Box:
        """The same place as ratios of a part of the picture."""
        return Box(
            (self.left - window.left) / window.width,
            (self.top - window.top) / window.height,
            self.width / window.width,
            self.height / window.height,
        )
