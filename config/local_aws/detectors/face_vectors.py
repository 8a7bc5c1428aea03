"""What makes a face this person's: dlib's 128 numbers, close together for one person's photographs.

http://dlib.net/face_recognition.py.html. Of face_recognition_models only the 5-point predictor and the network are
used: the 68-point predictor in the same package was trained on pictures that forbid commercial use.
"""

from __future__ import annotations

import math
import threading

import dlib
import numpy as np

from config.local_aws.detectors.geometry import Box, Pixels
from config.local_aws.detectors.loading import packaged
from config.local_aws.detectors.similarity import Vector

LANDMARKS = ("face_recognition_models", "models/shape_predictor_5_face_landmarks.dat")
NETWORK = ("face_recognition_models", "models/dlib_face_recognition_resnet_model_v1.dat")


class FaceEncoder:
    def __init__(self) -> None:
        self._landmarks = dlib.shape_predictor(str(packaged(*LANDMARKS)))
        self._network = dlib.face_recognition_model_v1(str(packaged(*NETWORK)))
        self._lock = threading.Lock()  # neither says that two threads may use it at once

    def encode(self, pixels: Pixels, box: Box) -> Vector:
        with self._lock:
            shape = self._landmarks(pixels, _square(box, pixels))
            return np.array(self._network.compute_face_descriptor(pixels, shape), dtype=np.float32)


def _square(box: Box, pixels: Pixels) -> dlib.rectangle:
    """The box as dlib's own detector, on which the predictor was trained, would draw it: square, from brow to chin."""
    height, width = pixels.shape[:2]
    half = 0.45 * math.sqrt(box.width * width * box.height * height)
    x, y = (box.left + box.width / 2) * width, (box.top + box.height * 0.56) * height
    return dlib.rectangle(round(x - half), round(y - half), round(x + half), round(y + half))
