"""The faces on an image's record: where they are and, once somebody said so, whose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Self

from media_pipeline.boxes import Box

NEEDED = 6  # values of every face: its id, four sides and the confidence


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
        while len(values) > NEEDED and not values[-1]:
            values.pop()
        return values


def read(stored: Iterable[Sequence[Any]] | None) -> list[RecordedFace]:
    """The faces of a record's attribute `faces`."""
    return [RecordedFace.of(face) for face in stored or ()]


def boxes_only(stored: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """[left, top, width, height, confidence] each: what a copy of the image in another library may take over."""
    return [[*astuple(face.box), face.confidence] for face in read(stored)]
