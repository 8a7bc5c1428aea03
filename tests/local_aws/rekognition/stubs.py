"""Stand-ins for the models alone: they see painted squares where the real ones see people."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from config.local_aws.detectors.face import Face
from config.local_aws.detectors.geometry import Box, Pixels, Point
from config.local_aws.detectors.loading import Lazy
from config.local_aws.detectors.models import Models
from config.local_aws.detectors.pose import Pose
from config.local_aws.detectors.text_lines import Line, Word

RED, GREEN, BLUE = (210, 20, 20), (20, 200, 20), (20, 20, 220)
GREY = (128, 128, 128)


def picture(*people: tuple[int, int, int], size: tuple[int, int] = (400, 200), kind: str = "JPEG") -> bytes:
    """A grey picture with a square for each person, the first the largest; one colour is one person."""
    image = Image.new("RGB", size, GREY)
    for number, colour in enumerate(people):
        side = 80 - 10 * number
        image.paste(colour, (20 + 95 * number, 40, 20 + 95 * number + side, 40 + side))
    content = io.BytesIO()
    image.save(content, kind, quality=95)
    return content.getvalue()


class SquareDetector:
    """Finds the squares that `picture` painted."""

    sharpness = 80.0

    def detect(self, pixels: Pixels) -> list[Face]:
        height, width = pixels.shape[:2]
        coloured = (pixels.max(axis=2).astype(int) - pixels.min(axis=2)).max(axis=0) > 100
        edges = np.flatnonzero(np.diff(np.concatenate(([0], coloured.astype(int), [0]))))
        faces = []
        for left, right in zip(edges[::2], edges[1::2], strict=True):
            box = Box(left / width, 40 / height, (right - left) / width, (right - left) / height)
            middle = Point(box.left + box.width / 2, box.top + box.height / 2)
            faces.append(Face(box, (middle,) * 5, 99.0, Pose(0, 0, 0), 50.0, self.sharpness))
        return sorted(faces, key=lambda face: face.box.area, reverse=True)


class ColourEncoder:
    """Colours far apart are persons far apart; how bright the colour is tells photographs of one person apart."""

    def encode(self, pixels: Pixels, box: Box) -> NDArray[np.float32]:
        colour = box.crop(pixels).mean(axis=(0, 1)) / 255
        vector = np.zeros(128, dtype=np.float32)
        vector[:3] = colour
        return vector


@dataclass
class Findings:
    """What the stubs find; a test changes it."""

    nudity: float = 0.0
    classes: dict[int, float] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def score(self, pixels: Pixels) -> float:  # noqa: ARG002
        return self.nudity

    def classify(self, pixels: Pixels) -> NDArray[np.float32]:  # noqa: ARG002
        probabilities = np.zeros(1000, dtype=np.float32)
        for number, probability in self.classes.items():
            probabilities[number] = probability
        return probabilities

    @property
    def names(self) -> list[str]:
        return [f"class {number}" for number in range(1000)]

    def read(self, pixels: Pixels) -> list[Line]:  # noqa: ARG002
        return self.lines


def models(findings: Findings, **others: Lazy[Any]) -> Models:
    stubs: dict[str, Any] = {
        "faces": Lazy("faces", (), SquareDetector),
        "vectors": Lazy("vectors", (), ColourEncoder),
        "nudity": Lazy("nudity", (), lambda: findings),
        "classes": Lazy("classes", (), lambda: findings),
        "text": Lazy("text", (), lambda: findings),
    }
    return Models(**{**stubs, **others})


def line(text: str, *, top: float = 0.1, confidence: float = 95.0) -> Line:
    """A line of words of equal width, a tenth of the picture each."""
    words = tuple(
        Word(word, confidence, _corners(0.1 + 0.15 * number, top, 0.1)) for number, word in enumerate(text.split())
    )
    return Line(text, confidence, _corners(0.1, top, 0.15 * len(words)), words)


def _corners(left: float, top: float, width: float) -> tuple[Point, ...]:
    bottom, right = top + 0.05, left + width
    return (Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom))
