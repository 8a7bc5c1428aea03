"""Collections of face vectors: what we ask Rekognition to keep, to compare and to delete.

https://docs.aws.amazon.com/rekognition/latest/dg/collections.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from media_pipeline.aws import clients as aws
from media_pipeline.aws.rekognition import REFUSALS, NotJudgeableError
from media_pipeline.boxes import Box
from media_pipeline.errors import ConflictError, DarkroomError, TemporaryError

MAX_FACES = 100  # of one image, and of one user vector
MAX_DELETED = 4096  # in one call
MAX_DISASSOCIATED = 100
PAGE = 4096
USERS_PAGE = 500
MAX_MATCHES = 50
GONE = frozenset({"ResourceNotFoundException"})


class CollectionGoneError(DarkroomError):
    """The collection, or the user in it, is not there (any more)."""

    status = 500


class FaceGoneError(DarkroomError):
    """The face is not in its collection any more."""

    status = 500


@dataclass(frozen=True, slots=True)
class IndexedFace:
    """`vector` is Rekognition's FaceId."""

    vector: str
    box: Box


@dataclass(frozen=True, slots=True)
class Match:
    """A face (or a user, with the id in `vector`) that looks alike; 0 to 100."""

    vector: str
    similarity: float
    image_id: str = ""


def create(collection: str) -> None:
    with _answering(), suppress(aws.client("rekognition").exceptions.ResourceAlreadyExistsException):
        aws.client("rekognition").create_collection(CollectionId=collection)


def delete(collection: str) -> bool:
    """Delete it with everything in it; False when it was gone."""
    try:
        with _answering():
            aws.client("rekognition").delete_collection(CollectionId=collection)
    except CollectionGoneError:
        return False
    return True


def names(prefix: str) -> Iterator[str]:
    for page in _pages("list_collections"):
        yield from (name for name in page["CollectionIds"] if name.startswith(prefix))


def index(collection: str, image_id: str, jpeg: bytes) -> list[IndexedFace]:
    """Keep the vectors of the faces in the picture that are good enough by Rekognition's own bar; again is the same."""
    with _answering():
        answer = aws.client("rekognition").index_faces(
            CollectionId=collection,
            Image={"Bytes": jpeg},
            ExternalImageId=image_id,
            MaxFaces=MAX_FACES,
            QualityFilter="AUTO",
            DetectionAttributes=["DEFAULT"],
        )
    return [IndexedFace(found["Face"]["FaceId"], _box(found["Face"]["BoundingBox"])) for found in answer["FaceRecords"]]


def search(collection: str, vector: str, *, threshold: float) -> list[Match]:
    """The faces that look like this one, most alike first."""
    try:
        with _answering():
            answer = aws.client("rekognition").search_faces(
                CollectionId=collection, FaceId=vector, FaceMatchThreshold=threshold, MaxFaces=MAX_MATCHES
            )
    except ClientError as error:
        if aws.error_code(error) == "InvalidParameterException":
            raise FaceGoneError("This face is not in its collection any more.") from error
        raise
    return _face_matches(answer)


def search_by_picture(collection: str, jpeg: bytes, *, threshold: float) -> list[Match]:
    """The faces that look like the largest one in the picture, of which nothing is kept."""
    with _comparing():
        answer = aws.client("rekognition").search_faces_by_image(
            CollectionId=collection,
            Image={"Bytes": jpeg},
            FaceMatchThreshold=threshold,
            MaxFaces=MAX_MATCHES,
            QualityFilter="NONE",
        )
    return _face_matches(answer)


def search_users_by_picture(collection: str, jpeg: bytes, *, threshold: float) -> list[Match]:
    """The same for users; each `vector` is a person's id."""
    with _comparing():
        answer = aws.client("rekognition").search_users_by_image(
            CollectionId=collection, Image={"Bytes": jpeg}, UserMatchThreshold=threshold, MaxUsers=MAX_MATCHES
        )
    return [Match(found["User"]["UserId"], found["Similarity"]) for found in answer["UserMatches"]]


def all_faces(collection: str) -> Iterator[Match]:
    """Every face in the collection, with the image it was indexed from."""
    for page in _pages("list_faces", CollectionId=collection, MaxResults=PAGE):
        for face in page["Faces"]:
            yield Match(face["FaceId"], 100, face.get("ExternalImageId", ""))


def delete_faces(collection: str, vectors: Iterable[str]) -> int:
    """Delete them whether they are part of a user or not; how many there were. Nothing where the collection is gone."""
    deleted = 0
    with suppress(CollectionGoneError):
        for some in _chunks(vectors, MAX_DELETED):
            deleted += _delete(collection, some)
    return deleted


def _delete(collection: str, vectors: list[str]) -> int:
    answer = _delete_call(collection, vectors)
    held: dict[str, list[str]] = {}
    for refused in answer.get("UnsuccessfulFaceDeletions", ()):
        if user := refused.get("UserId"):
            held.setdefault(user, []).append(refused["FaceId"])
    for user, faces in held.items():  # Rekognition keeps the faces of a user until they are disassociated
        disassociate(collection, user, faces)
    again = [vector for faces in held.values() for vector in faces]
    deleted = len(answer.get("DeletedFaces", ()))
    return deleted + (len(_delete_call(collection, again).get("DeletedFaces", ())) if again else 0)


def _delete_call(collection: str, vectors: list[str]) -> dict[str, Any]:
    with _answering():
        answer: dict[str, Any] = aws.client("rekognition").delete_faces(CollectionId=collection, FaceIds=vectors)
    return answer


# User vectors


@dataclass(frozen=True, slots=True)
class Association:
    """`refused` are faces that did not join; `gone` those that are not in the collection."""

    refused: list[str]
    gone: list[str]
    is_settled: bool


def associate(collection: str, user: str, vectors: list[str]) -> Association:
    """Make the faces, at most 100, part of the user's vector, which is made when there is none; again is the same."""
    with _answering():
        client = aws.client("rekognition")
        with suppress(client.exceptions.ConflictException):
            client.create_user(CollectionId=collection, UserId=user)
        answer = client.associate_faces(CollectionId=collection, UserId=user, FaceIds=vectors)
    refused = answer.get("UnsuccessfulFaceAssociations", ())
    return Association(
        refused=[face["FaceId"] for face in refused],
        gone=[face["FaceId"] for face in refused if "FACE_NOT_FOUND" in face.get("Reasons", ())],
        is_settled=answer["UserStatus"] == "ACTIVE",
    )


def disassociate(collection: str, user: str, vectors: Iterable[str]) -> None:
    """Take the faces out of the user's vector; nothing where the user is gone."""
    with suppress(CollectionGoneError):
        for some in _chunks(vectors, MAX_DISASSOCIATED):
            with _answering():
                aws.client("rekognition").disassociate_faces(CollectionId=collection, UserId=user, FaceIds=some)


def delete_user(collection: str, user: str) -> bool:
    """False when there was none. Its faces stay."""
    try:
        with _answering():
            aws.client("rekognition").delete_user(CollectionId=collection, UserId=user)
    except CollectionGoneError:
        return False
    return True


def users(collection: str) -> Iterator[tuple[str, bool]]:
    """Every user's id, and whether its vector has settled after the last change."""
    for page in _pages("list_users", CollectionId=collection, MaxResults=USERS_PAGE):
        yield from ((user["UserId"], user["UserStatus"] in {"ACTIVE", "CREATED"}) for user in page["Users"])


def _pages(operation: str, **asked: Any) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        with _answering():
            page = getattr(aws.client("rekognition"), operation)(**asked, **token)
        yield page
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def _chunks(vectors: Iterable[str], size: int) -> Iterator[list[str]]:
    every = list(dict.fromkeys(vectors))
    for start in range(0, len(every), size):
        yield every[start : start + size]


def _face_matches(answer: dict[str, Any]) -> list[Match]:
    return [
        Match(found["Face"]["FaceId"], found["Similarity"], found["Face"].get("ExternalImageId", ""))
        for found in answer["FaceMatches"]
    ]


def _box(box: dict[str, float]) -> Box:
    return Box(*(round(box[side], 5) for side in ("Left", "Top", "Width", "Height")))


@contextmanager
def _comparing() -> Iterator[None]:
    try:
        with _answering():
            yield
    except ClientError as error:
        if aws.error_code(error) in REFUSALS:
            raise NotJudgeableError("There is no face in this picture that could be compared.") from error
        raise


@contextmanager
def _answering() -> Iterator[None]:
    try:
        with aws.temporary_errors("Rekognition"):
            yield
    except ClientError as error:
        code = aws.error_code(error)
        if code in GONE:
            raise CollectionGoneError("The collection, or the user in it, is not there any more.") from error
        if code == "ConflictException":  # an association is still being worked on
            raise ConflictError("The person's vector is being updated. Try again in a moment.") from error
        raise
    except (KeyError, TypeError) as error:
        raise TemporaryError(f"Rekognition's answer is malformed: {error!r}.") from error
