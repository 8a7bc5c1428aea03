"""What we ask Rekognition, and its answers as plain objects.

https://docs.aws.amazon.com/rekognition/latest/dg/moderation.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from media_pipeline.aws import clients as aws
from media_pipeline.conf import conf
from media_pipeline.errors import ImageError, TemporaryError

MIN_SIDE = 80  # pixels; Rekognition refuses less
# The image is at fault, and asking again would not help.
REFUSALS = frozenset({"ImageTooLargeException", "InvalidImageFormatException", "InvalidParameterException"})


class NotJudgeableError(ImageError):
    """Rekognition cannot look at this image; a person has to."""


@dataclass(frozen=True, slots=True)
class ModerationLabel:
    """`level` 1 is the broadest class, its `parent` is ""; `confidence` is 0 to 100."""

    name: str
    parent: str
    level: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Moderation:
    labels: tuple[ModerationLabel, ...]
    model: str
    content_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Face:
    """A box in ratios of the upright image's width and height; it may reach a little over the edges."""

    left: float
    top: float
    width: float
    height: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Label:
    name: str
    confidence: float


def moderation_labels(jpeg: bytes) -> Moderation:
    with _answering():
        answer = aws.client("rekognition").detect_moderation_labels(
            Image={"Bytes": jpeg}, MinConfidence=conf.recognition_min_confidence
        )
        return Moderation(
            labels=tuple(
                ModerationLabel(
                    label["Name"], label["ParentName"], label.get("TaxonomyLevel", 1), round(label["Confidence"], 2)
                )
                for label in answer["ModerationLabels"]
            ),
            model=answer["ModerationModelVersion"],
            content_types=tuple(found["Name"] for found in answer.get("ContentTypes", ())),
        )


def faces(jpeg: bytes) -> tuple[Face, ...]:
    with _answering():
        answer = aws.client("rekognition").detect_faces(Image={"Bytes": jpeg}, Attributes=["DEFAULT"])
        return tuple(_face(detail["BoundingBox"], detail["Confidence"]) for detail in answer["FaceDetails"])


def _face(box: dict[str, float], confidence: float) -> Face:
    left, top, width, height = (round(box[side], 5) for side in ("Left", "Top", "Width", "Height"))
    return Face(left, top, width, height, round(confidence, 2))


def labels(jpeg: bytes) -> tuple[Label, ...]:
    with _answering():
        answer = aws.client("rekognition").detect_labels(
            Image={"Bytes": jpeg}, MaxLabels=20, MinConfidence=conf.recognition_min_confidence
        )
        return tuple(Label(found["Name"], round(found["Confidence"], 2)) for found in answer["Labels"])


def text(jpeg: bytes) -> tuple[str, ...]:
    """The lines of text in the image."""
    with _answering():
        answer = aws.client("rekognition").detect_text(Image={"Bytes": jpeg})
        return tuple(found["DetectedText"] for found in answer["TextDetections"] if found["Type"] == "LINE")


@contextmanager
def _answering() -> Iterator[Any]:
    try:
        with aws.temporary_errors("Rekognition"):
            yield
    except ClientError as error:
        if aws.error_code(error) in REFUSALS:
            raise NotJudgeableError(f"Rekognition cannot look at this image ({aws.error_code(error)}).") from error
        raise
    except (KeyError, TypeError, AttributeError) as error:
        raise TemporaryError(f"Rekognition's answer is malformed: {error!r}.") from error
