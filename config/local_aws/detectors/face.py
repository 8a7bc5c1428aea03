"""A face as the detector found it."""

from __future__ import annotations

from dataclasses import dataclass

from config.local_aws.detectors.geometry import Box, Point
from config.local_aws.detectors.pose import Pose


@dataclass(frozen=True)
class Face:
    """Confidence, brightness and sharpness go from 0 to 100.

    `landmarks` are eyeLeft, eyeRight, nose, mouthLeft, mouthRight, left and right as the viewer sees them.
    """

    box: Box
    landmarks: tuple[Point, Point, Point, Point, Point]
    confidence: float
    pose: Pose
    brightness: float
    sharpness: float
