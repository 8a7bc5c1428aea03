"""Collections and the faces in them: create, index, list, delete."""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from typing import Any

from config.local_aws.detectors.face import Face
from config.local_aws.detectors.models import Models
from config.local_aws.detectors.similarity import Vector
from config.local_aws.rekognition import pictures
from config.local_aws.rekognition.errors import ServiceError
from config.local_aws.rekognition.face_details import QUALITY_BARS, bounding_box, face_detail
from config.local_aws.rekognition.face_rows import FACE_MODEL_VERSION, collection, face_row, face_shape
from config.local_aws.rekognition.pictures import Picture
from config.local_aws.rekognition.store import Store
from config.local_aws.rekognition.tokens import next_token, position

ACCOUNT, REGION = "000000000000", "us-east-1"
MAX_FACES = 100
PAGE = 1000


class FaceCollections:
    def __init__(self, store: Store, models: Models) -> None:
        self.store = store
        self.models = models

    # Collections

    def create_collection(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["CollectionId"]
        with self.store.transaction() as db:
            try:
                db.execute("INSERT INTO collections (id, created_at) VALUES (?, ?)", (name, time.time()))
            except sqlite3.IntegrityError:
                message = f"The collection id: {name} already exists"
                raise ServiceError("ResourceAlreadyExistsException", message) from None
        # Rekognition's own answer, too, has no "arn:" here.
        arn = f"aws:rekognition:{REGION}:{ACCOUNT}:collection/{name}"
        return {"StatusCode": 200, "CollectionArn": arn, "FaceModelVersion": FACE_MODEL_VERSION}

    def delete_collection(self, request: dict[str, Any]) -> dict[str, Any]:
        with self.store.transaction() as db:
            db.execute("DELETE FROM collections WHERE number = ?", (collection(db, request)["number"],))
        return {"StatusCode": 200}

    def describe_collection(self, request: dict[str, Any]) -> dict[str, Any]:
        with self.store.transaction() as db:
            found = collection(db, request)
            sql = (
                "SELECT (SELECT count(*) FROM faces WHERE collection = :number) AS faces, "
                "(SELECT count(*) FROM users WHERE collection = :number) AS users"
            )
            counts = db.execute(sql, {"number": found["number"]}).fetchone()
        return {
            "FaceCount": counts["faces"],
            "UserCount": counts["users"],
            "FaceModelVersion": FACE_MODEL_VERSION,
            "CollectionARN": f"arn:aws:rekognition:{REGION}:{ACCOUNT}:collection/{found['id']}",
            "CreationTimestamp": round(found["created_at"], 3),
        }

    def list_collections(self, request: dict[str, Any]) -> dict[str, Any]:
        limit = request.get("MaxResults") or PAGE
        after = position(request, "collections")
        with self.store.transaction() as db:
            sql = "SELECT number, id FROM collections WHERE number > ? ORDER BY number LIMIT ?"
            rows = db.execute(sql, (after, limit + 1)).fetchall()
        shown = rows[:limit]
        return {
            "CollectionIds": [row["id"] for row in shown],
            "FaceModelVersions": [FACE_MODEL_VERSION] * len(shown),
            **next_token([row["number"] for row in rows], limit, "collections"),
        }

    # Faces

    def index_faces(self, request: dict[str, Any]) -> dict[str, Any]:
        with self.store.transaction() as db:
            collection(db, request)
        picture = pictures.read(request["Image"])
        bar = QUALITY_BARS[request.get("QualityFilter", "AUTO")]
        most = min(request.get("MaxFaces", MAX_FACES), MAX_FACES)
        indexed: list[tuple[Face, Vector]] = []
        unindexed: list[dict[str, Any]] = []
        for face in self.models.faces.get().detect(picture.pixels):
            reasons = bar.reasons(face, picture) or (["EXCEEDS_MAX_FACES"] if len(indexed) >= most else [])
            if reasons:
                unindexed.append({"Reasons": reasons, "FaceDetail": face_detail(face)})
            else:
                indexed.append((face, self.models.vectors.get().encode(picture.pixels, face.box)))
        with self.store.transaction() as db:
            kept = _keep(db, collection(db, request)["number"], picture, request.get("ExternalImageId"), indexed)
        return {
            "FaceRecords": [
                {"Face": row, "FaceDetail": face_detail(face)} for row, (face, _) in zip(kept, indexed, strict=True)
            ],
            "FaceModelVersion": FACE_MODEL_VERSION,
            "UnindexedFaces": unindexed,
        }

    def list_faces(self, request: dict[str, Any]) -> dict[str, Any]:
        limit = request.get("MaxResults") or PAGE
        scope = ("faces", request["CollectionId"], request.get("UserId", ""))
        after = position(request, *scope)
        sql = "SELECT faces.*, users.id AS user_id FROM faces LEFT JOIN users ON users.number = faces.user"
        with self.store.transaction() as db:
            where, values = "faces.collection = ? AND faces.number > ?", [collection(db, request)["number"], after]
            if "UserId" in request:
                where += " AND users.id = ?"
                values.append(request["UserId"])
            if "FaceIds" in request:
                where += " AND faces.id IN (SELECT value FROM json_each(?))"
                values.append(json.dumps(request["FaceIds"]))
            rows = db.execute(f"{sql} WHERE {where} ORDER BY faces.number LIMIT ?", (*values, limit + 1)).fetchall()
        return {
            "Faces": [face_shape(row, user=row["user_id"]) for row in rows[:limit]],
            "FaceModelVersion": FACE_MODEL_VERSION,
            **next_token([row["number"] for row in rows], limit, *scope),
        }

    def delete_faces(self, request: dict[str, Any]) -> dict[str, Any]:
        """Faces of a user stay: they have to be disassociated first."""
        deleted, refused = [], []
        with self.store.transaction() as db:
            number = collection(db, request)["number"]
            for face_id in dict.fromkeys(request["FaceIds"]):
                row = face_row(db, number, face_id)
                if row is None:
                    refused.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
                elif row["user_id"]:
                    reasons = ["ASSOCIATED_TO_AN_EXISTING_USER"]
                    refused.append({"FaceId": face_id, "UserId": row["user_id"], "Reasons": reasons})
                else:
                    db.execute("DELETE FROM faces WHERE number = ?", (row["number"],))
                    deleted.append(face_id)
        return {"DeletedFaces": deleted, "UnsuccessfulFaceDeletions": refused}


def _keep(
    db: sqlite3.Connection, number: int, picture: Picture, external_id: str | None, faces: list[tuple[Face, Vector]]
) -> list[dict[str, Any]]:
    """The faces' rows, made unless the same picture was indexed before under the same external id."""
    sql = "SELECT * FROM faces WHERE collection = ? AND image_digest = ? AND external_image_id = ?"
    before = db.execute(sql, (number, picture.digest, external_id)).fetchall()
    image_id = before[0]["image_id"] if before else str(uuid.uuid4())
    known = {row["bounding_box"]: row for row in before}
    for face, encoded in faces:
        box = json.dumps(bounding_box(face.box))
        if box not in known:
            face_id = str(uuid.uuid4())
            db.execute(
                "INSERT INTO faces (collection, id, image_id, external_image_id, image_digest, bounding_box, "
                "confidence, vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (number, face_id, image_id, external_id, picture.digest, box, face.confidence, encoded.tobytes()),
            )
            known[box] = face_row(db, number, face_id)
    return [face_shape(known[json.dumps(bounding_box(face.box))]) for face, _ in faces]
