"""SearchFaces and SearchFacesByImage: who in the collection looks like this."""

from __future__ import annotations

import sqlite3
from typing import Any

import numpy as np

from config.local_aws.detectors.models import Models
from config.local_aws.detectors.similarity import Vector, similarities
from config.local_aws.rekognition import pictures
from config.local_aws.rekognition.errors import invalid_parameter
from config.local_aws.rekognition.face_details import QUALITY_BARS, bounding_box
from config.local_aws.rekognition.face_rows import FACE_MODEL_VERSION, collection, face_shape, known_face, vector
from config.local_aws.rekognition.store import Store

DEFAULT_THRESHOLD, DEFAULT_MATCHES = 80.0, 80


class FaceSearch:
    def __init__(self, store: Store, models: Models) -> None:
        self.store = store
        self.models = models

    def search_faces(self, request: dict[str, Any]) -> dict[str, Any]:
        with self.store.transaction() as db:
            number = collection(db, request)["number"]
            row = known_face(db, number, request["FaceId"])
            others = db.execute("SELECT * FROM faces WHERE collection = ? AND number <> ?", (number, row["number"]))
            matches = _matches(vector(row), others.fetchall(), request)
        return {
            "SearchedFaceId": request["FaceId"],
            "FaceMatches": matches,
            "FaceModelVersion": FACE_MODEL_VERSION,
        }

    def search_faces_by_image(self, request: dict[str, Any]) -> dict[str, Any]:
        with self.store.transaction() as db:
            collection(db, request)
        picture = pictures.read(request["Image"])
        bar = QUALITY_BARS[request.get("QualityFilter", "NONE")]
        faces = [face for face in self.models.faces.get().detect(picture.pixels) if not bar.reasons(face, picture)]
        if not faces:
            raise invalid_parameter("There are no faces in the image. Should be at least 1.")
        searched = self.models.vectors.get().encode(picture.pixels, faces[0].box)
        with self.store.transaction() as db:
            number = collection(db, request)["number"]
            rows = db.execute("SELECT * FROM faces WHERE collection = ?", (number,)).fetchall()
        return {
            "SearchedFaceBoundingBox": bounding_box(faces[0].box),
            "SearchedFaceConfidence": faces[0].confidence,
            "FaceMatches": _matches(searched, rows, request),
            "FaceModelVersion": FACE_MODEL_VERSION,
        }


def _matches(searched: Vector, rows: list[sqlite3.Row], request: dict[str, Any]) -> list[dict[str, Any]]:
    if not rows:
        return []
    threshold = request.get("FaceMatchThreshold", DEFAULT_THRESHOLD)
    scores = similarities(searched, np.stack([vector(row) for row in rows]))
    best = sorted(zip(scores.tolist(), rows, strict=True), key=lambda match: match[0], reverse=True)
    found = [{"Similarity": score, "Face": face_shape(row)} for score, row in best if score >= threshold]
    return found[: request.get("MaxFaces", DEFAULT_MATCHES)]
