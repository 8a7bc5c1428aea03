"""Text as the reader found it."""

from __future__ import annotations

from dataclasses import dataclass

from config.local_aws.detectors.geometry import Point


@dataclass(frozen=True)
class Word:
    """`corners` from the top left clockwise, as the text stands; `confidence` from 0 to 100."""

    text: str
    confidence: float
    corners: tuple[Point, ...]


@dataclass(frozen=True)
class Line(Word):
    words: tuple[Word, ...]
