"""SearchUsers and SearchUsersByImage: whose vector, the mean of their faces, is like this one."""

from __future__ import annotations

import sqlite3
from typing import Any

import numpy as np

from config.local_aws.detectors.models import Models
from config.local_aws.detectors.similarity import Vector, similarities
from config.local_aws.rekognition import pictures
from config.local_aws.rekognition.errors import invalid_parameter, not_found
from config.local_aws.rekognition.face_details import QUALITY_BARS, face_detail
from config.local_aws.rekognition.face_rows import FACE_MODEL_VERSION, collection, known_face, vector
from config.local_aws.rekognition.users import Users

DEFAULT_THRESHOLD, DEFAULT_MATCHES = 80.0, 500


class UserSearch:
    def __init__(self, users: Users, models: Models) -> None:
        self.users = users
        self.models = models

    def search_users(self, request: dict[str, Any]) -> dict[str, Any]:
        if ("FaceId" in request) == ("UserId" in request):
            raise invalid_parameter("Request has invalid parameters: it takes either a FaceId or a UserId.")
        with self.users.store.transaction() as db:
            number = collection(db, request)["number"]
            vectors = self._vectors(db, number)
            searched: Vector | None
            if "FaceId" in request:
                echo = {"SearchedFace": {"FaceId": request["FaceId"]}}
                searched = vector(known_face(db, number, request["FaceId"]))
            else:
                echo = {"SearchedUser": {"UserId": request["UserId"]}}
                searched = _pop(db, number, request["UserId"], vectors)
        return {
            **echo,
            "UserMatches": _matches(searched, vectors, request) if searched is not None else [],
            "FaceModelVersion": FACE_MODEL_VERSION,
        }

    def search_users_by_image(self, request: dict[str, Any]) -> dict[str, Any]:
        with self.users.store.transaction() as db:
            collection(db, request)
        picture = pictures.read(request["Image"])
        bar = QUALITY_BARS[request.get("QualityFilter", "NONE")]
        searched, unsearched = None, []
        for face in self.models.faces.get().detect(picture.pixels):
            reasons = bar.reasons(face, picture) or (["FACE_NOT_LARGEST"] if searched else [])
            if reasons:
                unsearched.append({"FaceDetails": face_detail(face), "Reasons": reasons})
            else:
                searched = face
        answer: dict[str, Any] = {"UserMatches": [], "FaceModelVersion": FACE_MODEL_VERSION}
        if searched:
            encoded = self.models.vectors.get().encode(picture.pixels, searched.box)
            with self.users.store.transaction() as db:
                vectors = self._vectors(db, collection(db, request)["number"])
            answer["SearchedFace"] = {"FaceDetail": face_detail(searched)}
            answer["UserMatches"] = _matches(encoded, vectors, request)
        return {**answer, "UnsearchedFaces": unsearched}

    def _vectors(self, db: sqlite3.Connection, number: int) -> dict[str, tuple[Vector, str]]:
        """Vector and status of each user by id; an association counts once it has settled."""
        rows = db.execute(
            "SELECT users.*, faces.vector, 1 AS faces FROM users JOIN faces ON faces.user = users.number "
            "WHERE users.collection = ? AND faces.associated_at <= ?",
            (number, self.users.clock() - self.users.settling_seconds),
        ).fetchall()
        members: dict[str, list[Vector]] = {}
        statuses: dict[str, str] = {}
        for row in rows:
            members.setdefault(row["id"], []).append(vector(row))
            statuses[row["id"]] = self.users.status(row)
        return {name: (np.mean(found, axis=0), statuses[name]) for name, found in members.items()}


def _pop(db: sqlite3.Connection, number: int, user_id: str, vectors: dict[str, tuple[Vector, str]]) -> Vector | None:
    """The vector of a user, who is not to be found as like himself; None when he has none yet."""
    if db.execute("SELECT 1 FROM users WHERE collection = ? AND id = ?", (number, user_id)).fetchone() is None:
        raise not_found(f"The user id: {user_id} does not exist")
    found = vectors.pop(user_id, None)
    return found[0] if found else None


def _matches(searched: Vector, vectors: dict[str, tuple[Vector, str]], request: dict[str, Any]) -> list[dict[str, Any]]:
    if not vectors:
        return []
    scores = similarities(searched, np.stack([mean for mean, _ in vectors.values()])).tolist()
    found = [
        {"Similarity": score, "User": {"UserId": name, "UserStatus": status}}
        for score, (name, (_, status)) in zip(scores, vectors.items(), strict=True)
        if score >= request.get("UserMatchThreshold", DEFAULT_THRESHOLD)
    ]
    found.sort(key=lambda match: match["Similarity"], reverse=True)
    return found[: request.get("MaxUsers", DEFAULT_MATCHES)]
