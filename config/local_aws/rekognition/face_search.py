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
            matches = _matches(db, number, vector(row), request, but=row["number"])
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
            matches = _matches(db, number, searched, request)
        return {
            "SearchedFaceBoundingBox": bounding_box(faces[0].box),
            "SearchedFaceConfidence": faces[0].confidence,
            "FaceMatches": matches,
            "FaceModelVersion": FACE_MODEL_VERSION,
        }


def _matches(
    db: sqlite3.Connection, number: int, searched: Vector, request: dict[str, Any], *, but: int = 0
) -> list[dict[str, Any]]:
    """The collection's faces that are like `searched`, most alike first, leaving out the face `but`."""
    sql = "SELECT number, vector FROM faces WHERE collection = ? AND number <> ?"
    rows = db.execute(sql, (number, but)).fetchall()
    vectors = np.frombuffer(b"".join(row["vector"] for row in rows), dtype=np.float32).reshape(-1, searched.size)
    threshold = request.get("FaceMatchThreshold", DEFAULT_THRESHOLD)
    scores = similarities(searched, vectors)
    best = [n for n in np.argsort(-scores) if scores[n] >= threshold][: request.get("MaxFaces", DEFAULT_MATCHES)]
    return [{"Similarity": float(scores[n]), "Face": _numbered(db, rows[n]["number"])} for n in best]


def _numbered(db: sqlite3.Connection, number: int) -> dict[str, Any]:
    return face_shape(db.execute("SELECT * FROM faces WHERE number = ?", (number,)).fetchone())
