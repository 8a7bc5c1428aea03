"""How a head is turned, judged from where its nose stands between eyes and mouth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Of an average head, in millimetres: eye to eye, eyes to mouth, and how far the tip of the nose stands out.
EYE_TO_EYE, EYES_TO_MOUTH, NOSE = 64, 72, 30
NOSE_HEIGHT = 0.55  # of the way from the eyes down to the mouth, as five landmarks of an upright head have it


@dataclass(frozen=True)
class Pose:
    """Degrees, all 0 for a head that faces the camera upright; good to about 15, enough to tell a profile.

    `roll` grows clockwise, `yaw` when the nose moves to the right of the picture, `pitch` when it moves up.
    """

    roll: float
    yaw: float
    pitch: float


def pose(landmarks: Sequence[tuple[float, float]]) -> Pose:
    """From the eyes, the nose and the corners of the mouth, in pixels."""
    left_eye, right_eye, nose, left_mouth, right_mouth = np.array(landmarks, dtype=np.float64)
    eyes = (left_eye + right_eye) / 2
    down = (left_mouth + right_mouth) / 2 - eyes
    length = float(np.linalg.norm(down)) or 1.0
    right = np.array([down[1], -down[0]]) / length
    across = float((nose - eyes) @ right)
    along = float((nose - eyes) @ down) / length**2
    eye_line = right_eye - left_eye
    return Pose(
        roll=float(np.degrees(np.arctan2(eye_line[1], eye_line[0]))),
        yaw=float(np.degrees(np.arctan2(across * EYE_TO_EYE, float(np.linalg.norm(eye_line)) * NOSE))),
        pitch=float(np.degrees(np.arctan2((NOSE_HEIGHT - along) * EYES_TO_MOUTH, NOSE))),
    )
