"""The faces on an image's record: where they are and, once somebody said so, whose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Self


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
        """So many times as wide and as high around the same middle, as far as the picture reaches."""
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


@dataclass(frozen=True, slots=True)
class RecordedFace:
    """`vector` is the id of its vector in the library's collection; `person` and `name` are whose face it is.

    A hidden face belongs to a bystander: it has a box and nothing else.
    """

    face_id: str
    left: float
    top: float
    width: float
    height: float
    confidence: float
    vector: str = ""
    person: str = ""
    name: str = ""
    is_hidden: bool = False

    @classmethod
    def of(cls, stored: Sequence[Any]) -> Self:
        return cls(*stored)

    @property
    def box(self) -> Box:
        return Box(self.left, self.top, self.width, self.height)

    @property
    def is_unidentified(self) -> bool:
        return not self.person and not self.is_hidden

    def stored(self) -> list[Any]:
        """As the record keeps it: without what is empty at the end, since every write pays for it."""
        values: list[Any] = list(astuple(self))
        while not values[-1]:
            values.pop()
        return values


def read(stored: Iterable[Sequence[Any]] | None) -> list[RecordedFace]:
    """The faces of a record's attribute `faces`."""
    return [RecordedFace.of(face) for face in stored or ()]


def boxes_only(stored: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """[left, top, width, height, confidence] each: what a copy of the image in another library may take over."""
    return [list(face[1:6]) for face in stored]
