"""The operations this Rekognition answers, by name, and what it says of the others."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.local_aws.detectors.loading import Lazy
from config.local_aws.detectors.models import Models
from config.local_aws.rekognition.errors import ServiceError
from config.local_aws.rekognition.face_collections import FaceCollections
from config.local_aws.rekognition.face_search import FaceSearch
from config.local_aws.rekognition.faces import Faces
from config.local_aws.rekognition.input_shapes import operation_model, parse
from config.local_aws.rekognition.labels import Labels
from config.local_aws.rekognition.moderation import Moderation
from config.local_aws.rekognition.store import Store
from config.local_aws.rekognition.text import Text
from config.local_aws.rekognition.user_search import UserSearch
from config.local_aws.rekognition.users import Users

Operation = Callable[[dict[str, Any]], dict[str, Any]]


class Service:
    """`interrupt`, for tests, is called with each operation's name first; the ServiceError it raises is the answer."""

    def __init__(
        self,
        directory: Path,
        models: Models,
        *,
        settling_seconds: float = 1.0,
        clock: Callable[[], float] = time.time,
        interrupt: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.store = Store(directory)
        self.models = models
        self.interrupt = interrupt
        collections = FaceCollections(self.store, models)
        users = Users(self.store, settling_seconds=settling_seconds, clock=clock)
        face_search, user_search = FaceSearch(self.store, models), UserSearch(users, models)
        faces, vectors = (models.faces,), (models.faces, models.vectors)
        self.operations: dict[str, tuple[Operation, tuple[Lazy[Any], ...]]] = {
            "DetectFaces": (Faces(models).detect_faces, faces),
            "DetectModerationLabels": (Moderation(models).detect_moderation_labels, (models.nudity,)),
            "DetectLabels": (Labels(models).detect_labels, (models.classes,)),
            "DetectText": (Text(models).detect_text, (models.text,)),
            "CreateCollection": (collections.create_collection, ()),
            "DeleteCollection": (collections.delete_collection, ()),
            "DescribeCollection": (collections.describe_collection, ()),
            "ListCollections": (collections.list_collections, ()),
            "IndexFaces": (collections.index_faces, vectors),
            "ListFaces": (collections.list_faces, ()),
            "DeleteFaces": (collections.delete_faces, ()),
            "SearchFaces": (face_search.search_faces, ()),
            "SearchFacesByImage": (face_search.search_faces_by_image, vectors),
            "CreateUser": (users.create_user, ()),
            "DeleteUser": (users.delete_user, ()),
            "ListUsers": (users.list_users, ()),
            "AssociateFaces": (users.associate_faces, ()),
            "DisassociateFaces": (users.disassociate_faces, ()),
            "SearchUsers": (user_search.search_users, ()),
            "SearchUsersByImage": (user_search.search_users_by_image, vectors),
        }

    def answer(self, name: str, body: Any) -> dict[str, Any]:
        """The operation's answer in JSON's terms; ServiceError when Rekognition would refuse."""
        model = operation_model(name)
        if model is None or model.input_shape is None:
            raise ServiceError("UnknownOperationException", f"Rekognition has no operation {name or 'without a name'}.")
        if name not in self.operations:
            raise ServiceError("AccessDeniedException", f"The local Rekognition does not play {name}.")
        self.interrupt(name)
        operation, models = self.operations[name]
        request = parse(model.input_shape, body)
        if reason := " ".join(model.reason for model in models if model.reason):
            raise ServiceError("AccessDeniedException", f"The local Rekognition cannot answer {name}: {reason}.")
        return operation(request)

    def unanswered(self) -> dict[str, str]:
        """Operations that lack a model on this machine, and why."""
        return {
            name: "; ".join(model.reason for model in models if model.reason)
            for name, (_, models) in self.operations.items()
            if any(model.reason for model in models)
        }

    def close(self) -> None:
        self.store.close()
