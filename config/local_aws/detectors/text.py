"""Lines of text and their words, read by PP-OCR.

https://github.com/RapidAI/RapidOCR; code and weights under Apache-2.0. One to three seconds a picture on one core.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import cv2
from rapidocr import RapidOCR

from config.local_aws.detectors.geometry import Pixels, Point
from config.local_aws.detectors.text_lines import Line, Word

SETTINGS = {
    "Global.log_level": "error",  # it warns of every picture without text
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


class TextReader:
    def __init__(self) -> None:
        self._reader: Any = RapidOCR(params=SETTINGS)  # what it returns depends on what it is asked
        self._lock = threading.Lock()  # it keeps the settings of a call in itself

    def read(self, pixels: Pixels) -> list[Line]:
        """The lines, from the top down."""
        with self._lock:
            found = self._reader(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), return_word_box=True)
        if not found.txts:
            return []
        height, width = pixels.shape[:2]
        lines = []
        for text, score, corners, words in zip(found.txts, found.scores, found.boxes, found.word_results, strict=True):
            inside = tuple(Word(word, 100 * s, _points(box, width, height)) for word, s, box in words if box)
            lines.append(Line(text, 100 * float(score), _points(corners, width, height), inside))
        return lines


def _points(corners: Sequence[Sequence[float]], width: int, height: int) -> tuple[Point, ...]:
    return tuple(Point(float(x) / width, float(y) / height) for x, y in corners)
