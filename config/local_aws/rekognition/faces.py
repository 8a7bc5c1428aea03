"""DetectFaces: boxes, landmarks, pose and quality; nothing is kept."""

from __future__ import annotations

from typing import Any

from config.local_aws.detectors.models import Models
from config.local_aws.rekognition import pictures
from config.local_aws.rekognition.face_details import face_detail

MAX_FACES = 100


class Faces:
    def __init__(self, models: Models) -> None:
        self.models = models

    def detect_faces(self, request: dict[str, Any]) -> dict[str, Any]:
        picture = pictures.read(request["Image"])
        return {
            "FaceDetails": [face_detail(face) for face in self.models.faces.get().detect(picture.pixels)[:MAX_FACES]]
        }
