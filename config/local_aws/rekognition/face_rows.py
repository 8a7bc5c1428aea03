"""Rows of a collection, and a face in Rekognition's shape."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import numpy as np

from config.local_aws.detectors.similarity import Vector
from config.local_aws.rekognition.errors import invalid_parameter, not_found

FACE_MODEL_VERSION = "0.1"  # digits and points only, says the service model


def collection(db: sqlite3.Connection, request: dict[str, Any]) -> sqlite3.Row:
    found: sqlite3.Row | None = db.execute(
        "SELECT * FROM collections WHERE id = ?", (request["CollectionId"],)
    ).fetchone()
    if found is None:
        raise not_found(f"The collection id: {request['CollectionId']} does not exist")
    return found


def face_row(db: sqlite3.Connection, number: int, face_id: str) -> sqlite3.Row | None:
    """A face of the collection, with `user_id`; None when it is not there."""
    sql = (
        "SELECT faces.*, users.id AS user_id FROM faces LEFT JOIN users ON users.number = faces.user "
        "WHERE faces.collection = ? AND faces.id = ?"
    )
    found: sqlite3.Row | None = db.execute(sql, (number, face_id)).fetchone()
    return found


def known_face(db: sqlite3.Connection, number: int, face_id: str) -> sqlite3.Row:
    row = face_row(db, number, face_id)
    if row is None:
        raise invalid_parameter("faceId was not found in the collection")
    return row


def vector(row: sqlite3.Row) -> Vector:
    return np.frombuffer(row["vector"], dtype=np.float32)


def face_shape(row: sqlite3.Row, *, user: str | None = None) -> dict[str, Any]:
    face = {
        "FaceId": row["id"],
        "BoundingBox": json.loads(row["bounding_box"]),
        "ImageId": row["image_id"],
        "Confidence": row["confidence"],
        "IndexFacesModelVersion": FACE_MODEL_VERSION,
    }
    if row["external_image_id"]:
        face["ExternalImageId"] = row["external_image_id"]
    if user:
        face["UserId"] = user
    return face
