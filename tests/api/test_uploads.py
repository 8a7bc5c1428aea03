from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile

from media_pipeline.conf import conf
from media_pipeline.record.models import Image, Status
from tests.api.problems import problem
from tests.support.aws import EMULATOR
from tests.support.people import Cast
from tests.support.pictures import make_jpeg
from tests.support.waiting import HANGS

UPLOADS, IMAGES = "/api/v1/uploads", "/api/v1/images"


def announcement(**changes: Any) -> dict[str, Any]:
    return {"filename": "dawn.jpg", "content_type": "image/jpeg", "bytes": 1000, **changes}


def stored_bytes(image_id: str) -> bytes:
    body: bytes = (
        EMULATOR.root_client("s3").get_object(Bucket=conf.originals_bucket, Key=f"original/{image_id}")["Body"].read()
    )
    return body


# What must not happen


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"content_type": "image/svg+xml"}, "content_type"),
        ({"content_type": "text/html\u0000"}, "content_type"),
        ({"bytes": 0}, "bytes"),
        ({"bytes": -1}, "bytes"),
        ({"bytes": "many"}, "bytes"),
        ({"bytes": "1000"}, "bytes"),
        ({"filename": 5}, "filename"),
        ({"filename": ""}, "filename"),
        ({"filename": "x" * 10_000}, "filename"),
        ({"filename": "a\u0000.jpg"}, "filename"),
        ({"sha256": "abc"}, "sha256"),
        ({"title": "x" * 201}, "title"),
        ({"tags": ["x" * 101]}, "tags.0"),
        ({"tags": ["x"] * 51}, "tags"),
        ({"tags": "portrait"}, "tags"),
        ({"owner": "somebody else"}, "owner"),
    ],
)
def test_an_announcement_that_is_wrong_names_the_field(clients: Cast, changes: dict[str, Any], field: str) -> None:
    body = problem(clients.owner.post(UPLOADS, announcement(**changes)), 400, "invalid")
    assert field in [error["field"] for error in body["errors"]]


def test_a_refused_type_is_answered_with_those_accepted(clients: Cast) -> None:
    body = problem(clients.owner.post(UPLOADS, announcement(content_type="application/pdf")), 400, "invalid")
    assert "JPEG, PNG, WEBP, GIF, TIFF, HEIC, HEIF, AVIF" in body["detail"]


def test_a_file_over_the_limit_is_refused_naming_the_limit(clients: Cast) -> None:
    body = problem(clients.owner.post(UPLOADS, announcement(bytes=conf.upload_max_bytes + 1)), 413, "too_large")
    assert "50.1 MB is over the limit of 50 MB." in body["detail"]


def test_s3_refuses_a_form_with_another_size_or_type(clients: Cast) -> None:
    form = clients.owner.post(UPLOADS, announcement(bytes=10)).json()["upload"]
    assert requests.post(form["url"], form["fields"], files={"file": b"x" * 11}, timeout=HANGS).status_code == 400
    wrong = {**form["fields"], "Content-Type": "text/html"}
    assert requests.post(form["url"], wrong, files={"file": b"x" * 10}, timeout=HANGS).status_code == 403


def test_a_body_over_the_limit_is_refused_before_it_is_read(clients: Cast) -> None:
    class Unread(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002
            raise AssertionError("the body was read")

    answer = clients.owner.generic(
        "POST",
        IMAGES,
        content_type="multipart/form-data; boundary=b",
        CONTENT_LENGTH=str(conf.api_upload_max_bytes * 2),
        **{"wsgi.input": Unread()},
    )
    body = problem(answer, 413, "too_large")
    assert "4 MB" in body["detail"]
    assert "`uploads`" in body["detail"]


def test_a_small_upload_just_over_the_limit_is_refused_too(clients: Cast) -> None:
    file = SimpleUploadedFile("a.jpg", b"x" * (conf.api_upload_max_bytes + 1), "image/jpeg")
    problem(clients.owner.post(IMAGES, {"file": file}, format="multipart"), 413, "too_large")


@pytest.mark.parametrize(
    "file",
    [SimpleUploadedFile("a.jpg", b"", "image/jpeg"), "not a file", SimpleUploadedFile("a.txt", b"hello", "text/plain")],
    ids=["empty", "text", "another type"],
)
def test_what_is_no_image_is_refused_at_the_door(clients: Cast, file: object) -> None:
    problem(clients.owner.post(IMAGES, {"file": file}, format="multipart"), 400, "invalid")


def test_an_upload_without_a_file_says_what_is_missing(clients: Cast) -> None:
    body = problem(clients.owner.post(IMAGES, {}, format="multipart"), 400, "invalid")
    assert body["errors"][0]["field"] == "file"


def test_json_where_a_form_belongs_is_the_wrong_media_type(clients: Cast) -> None:
    problem(clients.owner.post(IMAGES, {"file": "x"}), 415, "unsupported_media_type")


# What happens


def test_an_announced_file_goes_to_s3_with_the_form(clients: Cast, cast: Cast) -> None:
    data = make_jpeg()
    answer = clients.owner.post(UPLOADS, announcement(bytes=len(data), title="Dawn", tags=["Sea", "sea ", "Sky"]))
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"image_id", "upload", "expires_at"}
    form = body["upload"]
    assert requests.post(form["url"], form["fields"], files={"file": data}, timeout=HANGS).status_code == 204
    assert stored_bytes(body["image_id"]) == data
    record = Image.load(body["image_id"])
    assert record is not None
    assert (record.owner, record.title, record.tags) == (cast.owner.pk, "Dawn", ["Sea", "Sky"])
    assert record.status is Status.UPLOADING


def test_a_path_in_a_file_name_is_cut_off(clients: Cast) -> None:
    answer = clients.owner.post(UPLOADS, announcement(filename="C:\\photos\\..\\Grüße aus +Übersee.jpg"))
    record = Image.load(answer.json()["image_id"])
    assert record is not None
    assert record.filename == "Grüße aus +Übersee.jpg"


@pytest.mark.parametrize("declared", ["image/jpeg", "application/octet-stream"])
def test_a_small_file_goes_through_the_api(clients: Cast, cast: Cast, declared: str) -> None:
    data = make_jpeg()
    file = SimpleUploadedFile("Dawn.JPG", data, declared)
    answer = clients.owner.post(IMAGES, {"file": file}, format="multipart")
    assert answer.status_code == 202
    body = answer.json()
    assert set(body) == {"image_id", "status"}
    assert body["status"] == "uploading"
    assert stored_bytes(body["image_id"]) == data
    record = Image.load(body["image_id"])
    assert record is not None
    assert (record.owner, record.filename, record.content_type) == (cast.owner.pk, "Dawn.JPG", "image/jpeg")
