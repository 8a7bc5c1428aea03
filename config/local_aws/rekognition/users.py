"""Users: several faces of one person under one vector, which changes some time after the call that changes it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from config.local_aws.detectors.similarity import Vector, similarities
from config.local_aws.rekognition.errors import ServiceError, not_found
from config.local_aws.rekognition.face_rows import collection, face_row, vector
from config.local_aws.rekognition.store import Store
from config.local_aws.rekognition.tokens import next_token, position

MAX_FACES = 100
PAGE = 500
DEFAULT_ASSOCIATION_THRESHOLD = 75.0


class Users:
    """`settling_seconds` is how long a change stays CREATING or UPDATING."""

    def __init__(self, store: Store, *, settling_seconds: float, clock: Callable[[], float] = time.time) -> None:
        self.store = store
        self.settling_seconds = settling_seconds
        self.clock = clock

    def create_user(self, request: dict[str, Any]) -> dict[str, Any]:
        token, now = request.get("ClientRequestToken", ""), self.clock()
        with self.store.transaction() as db:
            number = collection(db, request)["number"]
            row = db.execute(
                "SELECT client_token FROM users WHERE collection = ? AND id = ?", (number, request["UserId"])
            ).fetchone()
            if row is None:
                db.execute(
                    "INSERT INTO users (collection, id, client_token, created_at, changed_at) VALUES (?, ?, ?, ?, ?)",
                    (number, request["UserId"], token, now, now),
                )
            elif not token or row["client_token"] != token:  # the same token is the same call, sent again
                raise ServiceError("ConflictException", f"The user id: {request['UserId']} already exists")
        return {}

    def delete_user(self, request: dict[str, Any]) -> dict[str, Any]:
        with self.store.transaction() as db:
            number = self._user(db, request)["number"]
            db.execute("UPDATE faces SET user = NULL, associated_at = NULL WHERE user = ?", (number,))
            db.execute("DELETE FROM users WHERE number = ?", (number,))
        return {}

    def list_users(self, request: dict[str, Any]) -> dict[str, Any]:
        limit = request.get("MaxResults") or PAGE
        scope = ("users", request["CollectionId"])
        after = position(request, *scope)
        with self.store.transaction() as db:
            rows = db.execute(
                "SELECT users.*, (SELECT count(*) FROM faces WHERE user = users.number) AS faces FROM users "
                "WHERE collection = ? AND number > ? ORDER BY number LIMIT ?",
                (collection(db, request)["number"], after, limit + 1),
            ).fetchall()
        return {
            "Users": [{"UserId": row["id"], "UserStatus": self.status(row)} for row in rows[:limit]],
            **next_token([row["number"] for row in rows], limit, *scope),
        }

    def associate_faces(self, request: dict[str, Any]) -> dict[str, Any]:
        threshold = request.get("UserMatchThreshold", DEFAULT_ASSOCIATION_THRESHOLD)
        associated: list[dict[str, Any]] = []
        refused: list[dict[str, Any]] = []
        with self.store.transaction() as db:
            user = self._user(db, request)
            members = [vector(row) for row in db.execute("SELECT vector FROM faces WHERE user = ?", (user["number"],))]
            if len(members) >= MAX_FACES:
                raise ServiceError("ServiceQuotaExceededException", f"A user has at most {MAX_FACES} faces")
            for face_id in dict.fromkeys(request["FaceIds"]):
                row = face_row(db, user["collection"], face_id)
                if row is not None and row["user"] == user["number"]:
                    continue
                refusal = _refusal(row, members, threshold)
                if row is None or refusal or len(members) + len(associated) >= MAX_FACES:
                    refused.append({"FaceId": face_id, **refusal})
                    continue
                db.execute(
                    "UPDATE faces SET user = ?, associated_at = ? WHERE number = ?",
                    (user["number"], self.clock(), row["number"]),
                )
                associated.append({"FaceId": face_id})
            status = self._touch(db, request, changed=bool(associated))
        return {"AssociatedFaces": associated, "UnsuccessfulFaceAssociations": refused, "UserStatus": status}

    def disassociate_faces(self, request: dict[str, Any]) -> dict[str, Any]:
        disassociated, refused = [], []
        with self.store.transaction() as db:
            user = self._user(db, request)
            for face_id in dict.fromkeys(request["FaceIds"]):
                row = face_row(db, user["collection"], face_id)
                if row is None:
                    refused.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
                elif row["user"] == user["number"]:
                    sql = "UPDATE faces SET user = NULL, associated_at = NULL WHERE number = ?"
                    db.execute(sql, (row["number"],))
                    disassociated.append({"FaceId": face_id})
                elif row["user"] is not None:
                    reasons = ["ASSOCIATED_TO_A_DIFFERENT_USER"]
                    refused.append({"FaceId": face_id, "UserId": row["user_id"], "Reasons": reasons})
            status = self._touch(db, request, changed=bool(disassociated))
        return {"DisassociatedFaces": disassociated, "UnsuccessfulFaceDisassociations": refused, "UserStatus": status}

    def status(self, row: sqlite3.Row) -> str:
        """Of a row with its number of `faces`."""
        if self.clock() - row["changed_at"] < self.settling_seconds:
            return "CREATING" if row["changed_at"] == row["created_at"] else "UPDATING"
        return "ACTIVE" if row["faces"] else "CREATED"

    def _user(self, db: sqlite3.Connection, request: dict[str, Any]) -> sqlite3.Row:
        found: sqlite3.Row | None = db.execute(
            "SELECT users.*, (SELECT count(*) FROM faces WHERE user = users.number) AS faces FROM users "
            "WHERE collection = ? AND id = ?",
            (collection(db, request)["number"], request["UserId"]),
        ).fetchone()
        if found is None:
            raise not_found(f"The user id: {request['UserId']} does not exist")
        return found

    def _touch(self, db: sqlite3.Connection, request: dict[str, Any], *, changed: bool) -> str:
        """The user's status after the call, which begins to settle anew when something changed."""
        user = self._user(db, request)
        if changed:
            db.execute("UPDATE users SET changed_at = ? WHERE number = ?", (self.clock(), user["number"]))
        return self.status(self._user(db, request))


def _refusal(row: sqlite3.Row | None, members: list[Vector], threshold: float) -> dict[str, Any]:
    """Why a face may not join a user with these vectors; empty when it may."""
    if row is None:
        return {"Reasons": ["FACE_NOT_FOUND"]}
    if row["user"] is not None:
        return {"UserId": row["user_id"], "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]}
    if members:
        confidence = float(similarities(vector(row), np.mean(members, axis=0, keepdims=True))[0])
        if confidence < threshold:
            return {"Confidence": confidence, "Reasons": ["LOW_MATCH_CONFIDENCE"]}
    return {}
