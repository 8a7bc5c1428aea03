"""Faces in Rekognition's shapes, and its quality bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from config.local_aws.detectors.face import Face
from config.local_aws.detectors.geometry import Box
from config.local_aws.rekognition.pictures import Picture

LANDMARKS = ("eyeLeft", "eyeRight", "nose", "mouthLeft", "mouthRight")


@dataclass(frozen=True)
class QualityBar:
    """What a face must reach; AWS names its bars but not their heights, so these are ours."""

    confidence: float
    sharpness: float
    brightness: float
    pixels: float
    turned: float

    def reasons(self, face: Face, picture: Picture) -> list[str]:
        """Why `face` stays below the bar; empty when it does not."""
        width = face.box.width * picture.width
        found = {
            "LOW_CONFIDENCE": face.confidence < self.confidence,
            "LOW_SHARPNESS": face.sharpness < self.sharpness,
            "LOW_BRIGHTNESS": face.brightness < self.brightness,
            "SMALL_BOUNDING_BOX": width < self.pixels,
            "EXTREME_POSE": max(abs(face.pose.yaw), abs(face.pose.pitch)) > self.turned,
        }
        return [reason for reason, applies in found.items() if applies]


MEDIUM = QualityBar(confidence=75, sharpness=10, brightness=15, pixels=30, turned=65)
QUALITY_BARS = {
    "NONE": QualityBar(confidence=0, sharpness=0, brightness=0, pixels=0, turned=180),
    "LOW": QualityBar(confidence=65, sharpness=5, brightness=8, pixels=20, turned=80),
    "AUTO": MEDIUM,
    "MEDIUM": MEDIUM,
    "HIGH": QualityBar(confidence=85, sharpness=25, brightness=25, pixels=60, turned=45),
}


def bounding_box(box: Box) -> dict[str, float]:
    return {"Width": box.width, "Height": box.height, "Left": box.left, "Top": box.top}


def face_detail(face: Face) -> dict[str, Any]:
    """The default attributes of a FaceDetail: nothing here can tell the others (age, emotions ...)."""
    return {
        "BoundingBox": bounding_box(face.box),
        "Landmarks": [
            {"Type": kind, "X": point.x, "Y": point.y} for kind, point in zip(LANDMARKS, face.landmarks, strict=True)
        ],
        "Pose": {"Roll": face.pose.roll, "Yaw": face.pose.yaw, "Pitch": face.pose.pitch},
        "Quality": {"Brightness": face.brightness, "Sharpness": face.sharpness},
        "Confidence": face.confidence,
    }
