from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.rekognition.serving import serving
from tests.local_aws.rekognition.stubs import BLUE, GREEN, RED, Findings, SquareDetector, models, picture

ANY_FACE = str(uuid.uuid4())


def index(library: Any, *people: tuple[int, int, int], **settings: Any) -> list[str]:
    answer = library.index_faces(CollectionId="library", Image={"Bytes": picture(*people)}, **settings)
    return [record["Face"]["FaceId"] for record in answer["FaceRecords"]]


# Collections


def test_a_collection_is_made_once(library: Any) -> None:
    with pytest.raises(library.exceptions.ResourceAlreadyExistsException, match="library already exists"):
        library.create_collection(CollectionId="library")


def test_a_collection_says_what_is_in_it(library: Any) -> None:
    index(library, RED, GREEN)
    library.create_user(CollectionId="library", UserId="anna")
    described = library.describe_collection(CollectionId="library")
    assert (described["FaceCount"], described["UserCount"]) == (2, 1)
    assert described["CollectionARN"].endswith(":collection/library")
    assert datetime.now(UTC) - described["CreationTimestamp"] < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("delete_collection", {}),
        ("describe_collection", {}),
        ("index_faces", {"Image": {"Bytes": picture()}}),
        ("list_faces", {}),
        ("delete_faces", {"FaceIds": [ANY_FACE]}),
        ("search_faces", {"FaceId": ANY_FACE}),
        ("search_faces_by_image", {"Image": {"Bytes": picture()}}),
        ("create_user", {"UserId": "anna"}),
        ("delete_user", {"UserId": "anna"}),
        ("list_users", {}),
        ("associate_faces", {"UserId": "anna", "FaceIds": [ANY_FACE]}),
        ("disassociate_faces", {"UserId": "anna", "FaceIds": [ANY_FACE]}),
        ("search_users", {"UserId": "anna"}),
        ("search_users_by_image", {"Image": {"Bytes": picture()}}),
    ],
)
def test_a_collection_that_is_not_there_is_not_found(rekognition: Any, call: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(rekognition.exceptions.ResourceNotFoundException, match="nowhere does not exist"):
        getattr(rekognition, call)(CollectionId="nowhere", **arguments)


def test_a_collection_goes_with_its_faces_and_users(library: Any) -> None:
    index(library, RED)
    library.create_user(CollectionId="library", UserId="anna")
    library.delete_collection(CollectionId="library")
    library.create_collection(CollectionId="library")
    assert library.list_faces(CollectionId="library")["Faces"] == []
    assert library.list_users(CollectionId="library")["Users"] == []


def test_collections_are_listed_page_by_page(rekognition: Any) -> None:
    names = [f"library-{number}-{'x' * 240}" for number in range(5)]
    for name in names:
        rekognition.create_collection(CollectionId=name)
    pages = list(rekognition.get_paginator("list_collections").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["CollectionIds"]) for page in pages] == [2, 2, 1]
    assert [name for page in pages for name in page["CollectionIds"]] == names


# Faces


def test_a_picture_without_people_indexes_nothing(library: Any) -> None:
    assert index(library) == []
    assert library.list_faces(CollectionId="library")["Faces"] == []


def test_indexed_faces_are_listed_with_their_image(library: Any) -> None:
    ids = index(library, RED, GREEN, ExternalImageId="image:1")
    faces = library.list_faces(CollectionId="library")["Faces"]
    assert [face["FaceId"] for face in faces] == ids
    assert {face["ExternalImageId"] for face in faces} == {"image:1"}
    assert len({face["ImageId"] for face in faces}) == 1


def test_the_same_picture_under_the_same_name_is_indexed_once(library: Any) -> None:
    first = index(library, RED, GREEN, ExternalImageId="image:1")
    assert index(library, RED, GREEN, ExternalImageId="image:1") == first
    assert index(library, RED, GREEN, ExternalImageId="image:2") != first
    assert library.describe_collection(CollectionId="library")["FaceCount"] == 4


def test_the_largest_faces_are_indexed_and_the_others_named(library: Any) -> None:
    answer = library.index_faces(CollectionId="library", Image={"Bytes": picture(RED, GREEN, BLUE)}, MaxFaces=2)
    assert len(answer["FaceRecords"]) == 2
    assert [face["Reasons"] for face in answer["UnindexedFaces"]] == [["EXCEEDS_MAX_FACES"]]


def test_poor_faces_are_kept_out_unless_the_caller_wants_them(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SquareDetector, "sharpness", 2.0)
    answer = library.index_faces(CollectionId="library", Image={"Bytes": picture(RED)})
    assert [face["Reasons"] for face in answer["UnindexedFaces"]] == [["LOW_SHARPNESS"]]
    assert len(index(library, RED, QualityFilter="NONE")) == 1


def test_faces_are_listed_page_by_page_while_some_are_deleted(library: Any) -> None:
    ids = [face for number in range(5) for face in index(library, RED, ExternalImageId=f"image:{number}")]
    first = library.list_faces(CollectionId="library", MaxResults=2)
    library.delete_faces(CollectionId="library", FaceIds=[ids[1], ids[2]])
    second = library.list_faces(CollectionId="library", MaxResults=2, NextToken=first["NextToken"])
    assert [face["FaceId"] for face in first["Faces"]] == ids[:2]
    assert [face["FaceId"] for face in second["Faces"]] == ids[3:]
    assert "NextToken" not in second


@pytest.mark.parametrize("token", ["x", "e30=", "bnVsbA==", "WzAsMV0="])
def test_a_token_of_another_list_is_invalid(library: Any, token: str) -> None:
    with pytest.raises(library.exceptions.InvalidPaginationTokenException):
        library.list_faces(CollectionId="library", NextToken=token)


def test_faces_can_be_listed_by_id(library: Any) -> None:
    ids = index(library, RED, GREEN, BLUE)
    faces = library.list_faces(CollectionId="library", FaceIds=[ids[2], ANY_FACE])["Faces"]
    assert [face["FaceId"] for face in faces] == [ids[2]]


def test_deleting_names_what_it_could_not_delete(library: Any) -> None:
    kept, gone = index(library, RED, GREEN)
    library.create_user(CollectionId="library", UserId="anna")
    library.associate_faces(CollectionId="library", UserId="anna", FaceIds=[kept])
    answer = library.delete_faces(CollectionId="library", FaceIds=[kept, gone, gone, ANY_FACE])
    assert answer["DeletedFaces"] == [gone]
    assert answer["UnsuccessfulFaceDeletions"] == [
        {"FaceId": kept, "UserId": "anna", "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]},
        {"FaceId": ANY_FACE, "Reasons": ["FACE_NOT_FOUND"]},
    ]


# Search


def test_a_face_is_found_in_other_pictures_nearest_first(library: Any) -> None:
    (searched,) = index(library, RED)
    (near,), (nearer,) = index(library, (170, 20, 20)), index(library, (200, 20, 20))
    index(library, BLUE)
    answer = library.search_faces(CollectionId="library", FaceId=searched)
    assert [match["Face"]["FaceId"] for match in answer["FaceMatches"]] == [nearer, near]
    assert all(99 < match["Similarity"] <= 100 for match in answer["FaceMatches"])


def test_threshold_and_number_of_matches_are_the_callers(library: Any) -> None:
    (searched,) = index(library, RED)
    index(library, (200, 20, 20), GREEN, BLUE)
    search = {"CollectionId": "library", "FaceId": searched}
    assert len(library.search_faces(**search)["FaceMatches"]) == 1
    assert len(library.search_faces(**search, FaceMatchThreshold=0)["FaceMatches"]) == 3
    assert len(library.search_faces(**search, FaceMatchThreshold=0, MaxFaces=2)["FaceMatches"]) == 2


def test_an_unknown_face_cannot_be_searched(library: Any) -> None:
    with pytest.raises(library.exceptions.InvalidParameterException, match="not found in the collection"):
        library.search_faces(CollectionId="library", FaceId=ANY_FACE)


def test_a_selfie_is_searched_by_its_largest_face_and_not_kept(library: Any) -> None:
    red, _blue = index(library, RED, BLUE)
    answer = library.search_faces_by_image(CollectionId="library", Image={"Bytes": picture(RED, BLUE)})
    assert [match["Face"]["FaceId"] for match in answer["FaceMatches"]] == [red]
    assert answer["SearchedFaceBoundingBox"]["Left"] == pytest.approx(0.05, abs=0.01)
    assert library.describe_collection(CollectionId="library")["FaceCount"] == 2


def test_a_selfie_needs_a_face(library: Any) -> None:
    with pytest.raises(library.exceptions.InvalidParameterException, match="no faces in the image"):
        library.search_faces_by_image(CollectionId="library", Image={"Bytes": picture()})


# What is kept


def test_everything_is_there_after_a_restart(tmp_path: Path, findings: Findings) -> None:
    with serving(tmp_path, models(findings)) as client:
        client.create_collection(CollectionId="library")
        (face,) = index(client, RED)
    with serving(tmp_path, models(findings)) as client:
        found = client.search_faces_by_image(CollectionId="library", Image={"Bytes": picture(RED)})["FaceMatches"]
    assert [match["Face"]["FaceId"] for match in found] == [face]


def test_nothing_of_a_deleted_face_remains_on_disk(tmp_path: Path, findings: Findings) -> None:
    with serving(tmp_path, models(findings)) as client:
        client.create_collection(CollectionId="library")
        (face,) = index(client, RED)
        assert face.encode() in content(tmp_path)
        client.delete_faces(CollectionId="library", FaceIds=[face])
        assert face.encode() not in content(tmp_path)


def test_only_its_owner_can_read_the_file(tmp_path: Path, findings: Findings) -> None:
    with serving(tmp_path, models(findings)):
        assert [oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()] == ["0o600"]


def content(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir())
