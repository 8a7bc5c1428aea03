from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from config.local_aws.detectors.loading import Lazy
from config.local_aws.rekognition.errors import ServiceError
from tests.local_aws.rekognition.serving import serving
from tests.local_aws.rekognition.stubs import RED, Findings, models, picture
from tests.support.waiting import HANGS

Post = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def post(rekognition: Any) -> Post:
    """A call without boto3, which would refuse most of what is sent here by itself."""
    address = urlsplit(rekognition.meta.endpoint_url)

    def send(operation: str, body: Any) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection(address.hostname or "", address.port or 0, timeout=HANGS)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request("POST", "/", content, {"X-Amz-Target": f"RekognitionService.{operation}"})
        answer = connection.getresponse()
        parsed = json.loads(answer.read())
        connection.close()
        return answer.status, parsed

    return send


@pytest.mark.parametrize(
    ("operation", "body", "code", "message"),
    [
        ("DetectCats", {}, "UnknownOperationException", "DetectCats"),
        ("CompareFaces", {}, "AccessDeniedException", "CompareFaces"),
        ("DetectFaces", b"{", "SerializationException", "JSON"),
        ("DetectFaces", [], "SerializationException", "structure"),
        ("DetectFaces", {"Image": {"Bytes": "***"}}, "SerializationException", "base64"),
        ("DetectFaces", {"Image": {"Bytes": 5}}, "SerializationException", "image.bytes"),
        ("DetectFaces", {"Image": {"Bytes": ""}}, "ValidationException", "greater than or equal to 1"),
        ("DetectFaces", {}, "ValidationException", "'image' failed to satisfy constraint: Member must not be null"),
        ("DetectFaces", {"Image": {}, "Attributes": ["NOSE"]}, "ValidationException", "enum value set"),
        ("DetectLabels", {"Image": {}, "MinConfidence": 101}, "ValidationException", "less than or equal to 100"),
        ("DetectLabels", {"Image": {}, "MaxLabels": True}, "SerializationException", "maxLabels"),
        ("CreateCollection", {"CollectionId": "a b"}, "ValidationException", "regular expression"),
        ("CreateCollection", {"CollectionId": "a" * 256}, "ValidationException", "length less than or equal to 255"),
        ("SearchFaces", {"CollectionId": "a", "FaceId": "x"}, "ValidationException", "faceId"),
        ("DeleteFaces", {"CollectionId": "a", "FaceIds": []}, "ValidationException", "greater than or equal to 1"),
    ],
)
def test_a_bad_request_is_refused_as_rekognition_refuses_it(
    post: Post, operation: str, body: Any, code: str, message: str
) -> None:
    status, answer = post(operation, body)
    assert (status, answer["__type"]) == (400, code)
    assert message in answer["Message"]


def test_unknown_members_are_ignored(post: Post) -> None:
    assert post("CreateCollection", {"CollectionId": "library", "Colour": "red"})[0] == 200


def test_tags_may_have_names_in_any_script(rekognition: Any) -> None:
    answer = rekognition.create_collection(CollectionId="library", Tags={"Größe": "groß"})
    assert answer["StatusCode"] == 200


def test_a_defect_is_an_internal_error_and_the_server_lives_on(
    rekognition: Any, findings: Findings, caplog: pytest.LogCaptureFixture
) -> None:
    findings.lines = [None]  # type: ignore[list-item]
    with pytest.raises(rekognition.exceptions.InternalServerError) as caught:
        rekognition.detect_text(Image={"Bytes": picture()})
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert "DetectText failed" in caplog.text
    assert rekognition.list_collections()["CollectionIds"] == []


def test_a_test_can_have_calls_throttled(tmp_path: Path, findings: Findings) -> None:
    def interrupt(operation: str) -> None:
        if operation == "DetectFaces":
            raise ServiceError("ThrottlingException", "Rate exceeded")

    with serving(tmp_path, models(findings), interrupt=interrupt) as client:
        with pytest.raises(client.exceptions.ThrottlingException):
            client.detect_faces(Image={"Bytes": picture()})
        assert client.detect_labels(Image={"Bytes": picture()})["Labels"] == []


def test_a_missing_model_takes_only_its_own_operations_with_it(tmp_path: Path, findings: Findings) -> None:
    absent: Lazy[Any] = Lazy("faces", ("no-such-distribution",), lambda: None)
    with serving(tmp_path, models(findings, faces=absent)) as client:
        with pytest.raises(client.exceptions.AccessDeniedException, match="no-such-distribution not installed"):
            client.detect_faces(Image={"Bytes": picture(RED)})
        with pytest.raises(client.exceptions.AccessDeniedException, match="IndexFaces"):
            client.index_faces(CollectionId="library", Image={"Bytes": picture(RED)})
        client.create_collection(CollectionId="library")
        assert client.detect_moderation_labels(Image={"Bytes": picture(RED)})["ModerationLabels"] == []
        assert client.detect_labels(Image={"Bytes": picture(RED)})["Labels"] == []
        address = urlsplit(client.meta.endpoint_url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port or 0, timeout=HANGS)
        connection.request("GET", "/")
        unanswered = json.loads(connection.getresponse().read())["unanswered"]
        connection.close()
    assert set(unanswered) == {"DetectFaces", "IndexFaces", "SearchFacesByImage", "SearchUsersByImage"}


def test_a_model_that_does_not_load_is_refused_with_its_reason(tmp_path: Path, findings: Findings) -> None:
    def broken() -> None:
        raise OSError("wrong processor")

    with serving(tmp_path, models(findings, faces=Lazy("faces", (), broken))) as client:
        for _ in range(2):
            with pytest.raises(client.exceptions.AccessDeniedException, match="wrong processor"):
                client.detect_faces(Image={"Bytes": picture(RED)})


def test_an_answer_is_one_packet(rekognition: Any) -> None:
    """So that no delayed acknowledgement holds it up."""
    address = urlsplit(rekognition.meta.endpoint_url)
    request = (
        b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: RekognitionService.ListCollections\r\nContent-Length: 2\r\n\r\n{}"
    )
    with socket.create_connection((address.hostname, address.port), timeout=HANGS) as connection:
        for _ in range(9):
            connection.sendall(request)
            assert connection.recv(65536).endswith(b'"FaceModelVersions": []}')


def test_calls_at_once_are_all_answered_rightly(library: Any) -> None:
    def index(number: int) -> str:
        answer = library.index_faces(
            CollectionId="library", Image={"Bytes": picture(RED)}, ExternalImageId=f"image{number}"
        )
        return str(answer["FaceRecords"][0]["Face"]["FaceId"])

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(index, range(40)))
    assert len(ids) == 40
    assert library.describe_collection(CollectionId="library")["FaceCount"] == 40


def test_boto3_raises_the_modelled_exception(rekognition: Any) -> None:
    with pytest.raises(ClientError) as caught:
        rekognition.describe_collection(CollectionId="nowhere")
    assert isinstance(caught.value, rekognition.exceptions.ResourceNotFoundException)
    assert caught.value.response["Error"]["Message"] == "The collection id: nowhere does not exist"
    assert caught.value.response["ResponseMetadata"]["RequestId"]
