from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.rekognition.serving import serving
from tests.local_aws.rekognition.stubs import BLUE, GREEN, RED, Findings, models, picture
from tests.local_aws.rekognition.test_collections import ANY_FACE, index

DARK_RED = (170, 20, 20)
Library = dict[str, str]
LIBRARY: Library = {"CollectionId": "library"}


@pytest.fixture
def users(library: Any) -> Any:
    """The client, with the users anna and berta in the library."""
    for name in ("anna", "berta"):
        library.create_user(**LIBRARY, UserId=name)
    return library


def status(client: Any, name: str = "anna") -> str:
    return {user["UserId"]: user["UserStatus"] for user in client.list_users(**LIBRARY)["Users"]}[name]


def test_a_user_is_made_once(users: Any) -> None:
    with pytest.raises(users.exceptions.ConflictException):
        users.create_user(**LIBRARY, UserId="anna")


def test_a_creation_that_is_sent_again_is_the_same_creation(library: Any) -> None:
    for _ in range(2):
        library.create_user(**LIBRARY, UserId="anna", ClientRequestToken="once")
    assert len(library.list_users(**LIBRARY)["Users"]) == 1


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("delete_user", {}),
        ("associate_faces", {"FaceIds": [ANY_FACE]}),
        ("disassociate_faces", {"FaceIds": [ANY_FACE]}),
        ("search_users", {}),
    ],
)
def test_a_user_who_is_not_there_is_not_found(users: Any, call: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(users.exceptions.ResourceNotFoundException, match="nobody does not exist"):
        getattr(users, call)(**LIBRARY, UserId="nobody", **arguments)


def test_associated_faces_belong_to_their_user(users: Any) -> None:
    red, green = index(users, RED, GREEN)
    answer = users.associate_faces(**LIBRARY, UserId="anna", FaceIds=[red])
    assert answer["AssociatedFaces"] == [{"FaceId": red}]
    assert [face["FaceId"] for face in users.list_faces(**LIBRARY, UserId="anna")["Faces"]] == [red]
    assert {face["FaceId"]: face.get("UserId") for face in users.list_faces(**LIBRARY)["Faces"]} == {
        red: "anna",
        green: None,
    }


def test_association_names_what_it_refused_and_why(users: Any) -> None:
    red, green = index(users, RED, GREEN)
    users.associate_faces(**LIBRARY, UserId="anna", FaceIds=[red])
    users.associate_faces(**LIBRARY, UserId="berta", FaceIds=[green])
    (blue,) = index(users, BLUE)
    answer = users.associate_faces(**LIBRARY, UserId="anna", FaceIds=[red, green, blue, ANY_FACE])
    assert answer["AssociatedFaces"] == []
    refused = {one["FaceId"]: one for one in answer["UnsuccessfulFaceAssociations"]}
    assert refused[green] == {"FaceId": green, "UserId": "berta", "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]}
    assert refused[blue]["Reasons"] == ["LOW_MATCH_CONFIDENCE"]
    assert refused[blue]["Confidence"] < 75
    assert refused[ANY_FACE]["Reasons"] == ["FACE_NOT_FOUND"]
    assert red not in refused


def test_a_caller_may_associate_faces_that_look_different(users: Any) -> None:
    red, blue = index(users, RED, BLUE)
    users.associate_faces(**LIBRARY, UserId="anna", FaceIds=[red])
    answer = users.associate_faces(**LIBRARY, UserId="anna", FaceIds=[blue], UserMatchThreshold=0)
    assert answer["AssociatedFaces"] == [{"FaceId": blue}]


def test_a_user_has_at_most_a_hundred_faces(users: Any) -> None:
    ids = [face for number in range(102) for face in index(users, RED, ExternalImageId=f"image:{number}")]
    users.associate_faces(**LIBRARY, UserId="anna", FaceIds=ids[:99])
    answer = users.associate_faces(**LIBRARY, UserId="anna", FaceIds=ids[99:101])
    assert answer["AssociatedFaces"] == [{"FaceId": ids[99]}]
    assert answer["UnsuccessfulFaceAssociations"] == [{"FaceId": ids[100]}]
    with pytest.raises(users.exceptions.ServiceQuotaExceededException):
        users.associate_faces(**LIBRARY, UserId="anna", FaceIds=[ids[101]])


def test_disassociated_faces_are_free_again(users: Any) -> None:
    red, green = index(users, RED, GREEN)
    users.associate_faces(**LIBRARY, UserId="anna", FaceIds=[red])
    users.associate_faces(**LIBRARY, UserId="berta", FaceIds=[green])
    answer = users.disassociate_faces(**LIBRARY, UserId="anna", FaceIds=[red, green, ANY_FACE])
    assert answer["DisassociatedFaces"] == [{"FaceId": red}]
    assert answer["UnsuccessfulFaceDisassociations"] == [
        {"FaceId": green, "UserId": "berta", "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]},
        {"FaceId": ANY_FACE, "Reasons": ["FACE_NOT_FOUND"]},
    ]
    assert users.delete_faces(**LIBRARY, FaceIds=[red])["DeletedFaces"] == [red]


def test_a_user_goes_and_the_faces_stay(users: Any) -> None:
    (red,) = index(users, RED)
    users.associate_faces(**LIBRARY, UserId="anna", FaceIds=[red])
    users.delete_user(**LIBRARY, UserId="anna")
    assert "UserId" not in users.list_faces(**LIBRARY)["Faces"][0]
    with pytest.raises(users.exceptions.ResourceNotFoundException):
        users.delete_user(**LIBRARY, UserId="anna")


def test_users_are_listed_page_by_page(library: Any) -> None:
    for number in range(5):
        library.create_user(**LIBRARY, UserId=f"user:{number}")
    pages = list(library.get_paginator("list_users").paginate(**LIBRARY, PaginationConfig={"PageSize": 2}))
    assert [user["UserId"] for page in pages for user in page["Users"]] == [f"user:{number}" for number in range(5)]


def test_users_are_found_by_face_by_user_and_by_picture(users: Any) -> None:
    red, green = index(users, RED, GREEN)
    (dark_red,) = index(users, DARK_RED)
    users.associate_faces(**LIBRARY, UserId="anna", FaceIds=[red])
    users.associate_faces(**LIBRARY, UserId="berta", FaceIds=[green])

    by_face = users.search_users(**LIBRARY, FaceId=dark_red)
    assert [match["User"] for match in by_face["UserMatches"]] == [{"UserId": "anna", "UserStatus": "ACTIVE"}]
    assert by_face["SearchedFace"] == {"FaceId": dark_red}

    by_user = users.search_users(**LIBRARY, UserId="anna", UserMatchThreshold=0)
    assert [match["User"]["UserId"] for match in by_user["UserMatches"]] == ["berta"]
    assert by_user["SearchedUser"] == {"UserId": "anna"}

    by_picture = users.search_users_by_image(**LIBRARY, Image={"Bytes": picture(DARK_RED, GREEN)})
    assert [match["User"]["UserId"] for match in by_picture["UserMatches"]] == ["anna"]
    assert [face["Reasons"] for face in by_picture["UnsearchedFaces"]] == [["FACE_NOT_LARGEST"]]


def test_a_picture_without_faces_finds_no_users(users: Any) -> None:
    answer = users.search_users_by_image(**LIBRARY, Image={"Bytes": picture()})
    assert answer["UserMatches"] == []
    assert "SearchedFace" not in answer


@pytest.mark.parametrize("arguments", [{}, {"FaceId": str(uuid.uuid4()), "UserId": "anna"}])
def test_a_search_for_users_starts_from_a_face_or_a_user(users: Any, arguments: dict[str, str]) -> None:
    with pytest.raises(users.exceptions.InvalidParameterException):
        users.search_users(**LIBRARY, **arguments)


# Changes take their time


HOUR = 3600.0


@dataclass
class Clock:
    """The service's: it goes on by an hour when a test says so."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead

    def an_hour_passes(self) -> None:
        self.ahead += HOUR


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slow(tmp_path: Path, findings: Findings, clock: Clock) -> Iterator[Any]:
    """A client whose changes settle after an hour, with the user anna."""
    with serving(tmp_path, models(findings), settling_seconds=HOUR, clock=clock) as client:
        client.create_collection(**LIBRARY)
        client.create_user(**LIBRARY, UserId="anna")
        yield client


def test_a_change_is_seen_while_it_settles(slow: Any, clock: Clock) -> None:
    assert status(slow) == "CREATING"
    clock.an_hour_passes()
    assert status(slow) == "CREATED"
    (red,) = index(slow, RED)
    assert slow.associate_faces(**LIBRARY, UserId="anna", FaceIds=[red])["UserStatus"] == "UPDATING"
    clock.an_hour_passes()
    assert status(slow) == "ACTIVE"
    assert slow.disassociate_faces(**LIBRARY, UserId="anna", FaceIds=[red])["UserStatus"] == "UPDATING"
    clock.an_hour_passes()
    assert status(slow) == "CREATED"


def test_a_user_is_found_once_the_association_has_settled(slow: Any, clock: Clock) -> None:
    (red,) = index(slow, RED)
    (dark_red,) = index(slow, DARK_RED)
    slow.associate_faces(**LIBRARY, UserId="anna", FaceIds=[red])
    assert slow.search_users(**LIBRARY, FaceId=dark_red)["UserMatches"] == []
    clock.an_hour_passes()
    assert status(slow) == "ACTIVE"
    assert len(slow.search_users(**LIBRARY, FaceId=dark_red)["UserMatches"]) == 1
