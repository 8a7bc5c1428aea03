"""Calls with an Idempotency-Key."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile

from config.local_aws.emulator import Emulator
from media_pipeline.api import idempotency
from media_pipeline.intake import uploading
from media_pipeline.record.models import Image, new_image_id
from tests.api.keys import service
from tests.api.problems import problem
from tests.support.hooks import first, written_units
from tests.support.people import Cast
from tests.support.pictures import make_jpeg
from tests.support.waiting import HANGS

IMAGES, UPLOADS = "/api/v1/images", "/api/v1/uploads"


def announcement(**changes: Any) -> dict[str, Any]:
    return {"filename": "dawn.jpg", "content_type": "image/jpeg", "bytes": 1000, **changes}


def keyed(key: str | None = None) -> dict[str, Any]:
    return {"headers": {"Idempotency-Key": key or new_image_id()}}


def library(client: Any) -> list[str]:
    return [image["image_id"] for image in client.get(IMAGES).json()["results"]]


# What must not happen


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "é", "\x7f", "🔑"])
def test_a_key_that_is_none_is_refused(clients: Cast, key: str) -> None:
    body = problem(
        clients.owner.post(UPLOADS, announcement(), headers={"Idempotency-Key": key.encode().decode("latin-1")}),
        400,
        "invalid",
    )
    assert body["errors"][0]["field"] == "Idempotency-Key"


def test_another_request_with_the_same_key_is_refused(clients: Cast) -> None:
    key = keyed()
    assert clients.owner.post(UPLOADS, announcement(), **key).status_code == 201
    problem(clients.owner.post(UPLOADS, announcement(bytes=1001), **key), 422, "idempotency_key_reused")
    assert len(library(clients.owner)) == 1


def test_the_same_body_at_another_address_is_another_request(clients: Cast, photo: Image) -> None:
    key, body = keyed(), {"format": "webp", "width": 320}
    assert clients.owner.post(f"{IMAGES}/{photo.image_id}/renditions", body, **key).status_code == 202
    answer = clients.owner.post(f"{IMAGES}/{new_image_id()}/renditions", body, **key)
    problem(answer, 422, "idempotency_key_reused")


def test_a_call_that_is_still_at_work_is_not_begun_again(clients: Cast) -> None:
    key, meanwhile = keyed(), []

    def again() -> None:
        meanwhile.append(clients.owner.post(UPLOADS, announcement(), **key))

    with first("dynamodb.BatchWriteItem", again):
        assert clients.owner.post(UPLOADS, announcement(), **key).status_code == 201
    problem(meanwhile[0], 409, "in_progress")
    assert meanwhile[0].headers["Retry-After"] == "1"
    assert len(library(clients.owner)) == 1


def test_keys_of_different_callers_are_different_keys(clients: Cast, cast: Cast) -> None:
    key = keyed()
    answers = [
        client.post(UPLOADS, announcement(), **key).json()["image_id"]
        for client in (clients.owner, clients.stranger, service(cast.owner.pk), service(cast.owner.pk))
    ]
    assert len(set(answers)) == 4


def test_no_form_is_stored_that_would_let_others_upload(clients: Cast, aws: Emulator) -> None:
    key = keyed()
    fields = clients.owner.post(UPLOADS, announcement(), **key).json()["upload"]["fields"]
    items = aws.root_client("dynamodb").scan(TableName="darkroom-local-limits")["Items"]
    stored = json.dumps([item for item in items if item["pk"]["S"].startswith("once|")], default=str)
    assert "image_id" in stored
    assert fields["policy"] not in stored
    assert fields["x-amz-signature"] not in stored


# What happens


def test_an_announcement_sent_again_gets_the_same_image(clients: Cast) -> None:
    """And a form that works."""
    key, data = keyed(), make_jpeg()
    once = clients.owner.post(UPLOADS, announcement(bytes=len(data)), **key)
    again = clients.owner.post(UPLOADS, announcement(bytes=len(data)), **key)
    assert again.status_code == 201
    assert again.json()["image_id"] == once.json()["image_id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in once.headers
    form = again.json()["upload"]
    assert requests.post(form["url"], form["fields"], files={"file": data}, timeout=HANGS).status_code == 204
    assert library(clients.owner) == [once.json()["image_id"]]


def test_a_file_sent_again_is_one_image_whatever_the_boundary(clients: Cast) -> None:
    key, data = keyed(), make_jpeg()

    def send(boundary: str, content: bytes) -> Any:
        body = (
            (
                f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
                "Content-Type: image/jpeg\r\n\r\n"
            ).encode()
            + content
            + f"\r\n--{boundary}--\r\n".encode()
        )
        return clients.owner.generic("POST", IMAGES, body, f"multipart/form-data; boundary={boundary}", **key)

    once, again = send("one", data), send("two", data)
    assert once.status_code == again.status_code == 202
    assert once.json() == again.json()
    problem(send("three", data[:-1] + b"x"), 422, "idempotency_key_reused")
    assert len(library(clients.owner)) == 1


def test_the_file_is_still_whole_after_it_was_told_apart(clients: Cast, aws: Emulator) -> None:
    data = make_jpeg()
    file = SimpleUploadedFile("a.jpg", data, "image/jpeg")
    image_id = clients.owner.post(IMAGES, {"file": file}, format="multipart", **keyed()).json()["image_id"]
    stored = aws.root_client("s3").get_object(
        Bucket="darkroom-local-originals-000000000000", Key=f"original/{image_id}"
    )
    assert stored["Body"].read() == data


def test_what_was_refused_may_be_corrected_under_the_same_key(clients: Cast) -> None:
    key = keyed()
    problem(clients.owner.post(UPLOADS, announcement(bytes=0), **key), 400, "invalid")
    assert clients.owner.post(UPLOADS, announcement(), **key).status_code == 201


def test_what_failed_may_be_tried_again(clients: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    key = keyed()
    with monkeypatch.context() as broken:
        broken.setattr(uploading, "start_upload", lambda *_: 1 / 0)
        problem(clients.owner.post(UPLOADS, announcement(), **key), 500, "error")
    assert clients.owner.post(UPLOADS, announcement(), **key).status_code == 201


def test_a_call_that_died_does_not_hold_its_key_for_ever(clients: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    key = keyed()
    monkeypatch.setattr(idempotency, "BUSY_SECONDS", -1)
    monkeypatch.setattr(idempotency.Attempt, "remember", lambda *_: None)
    assert clients.owner.post(UPLOADS, announcement(), **key).status_code == 201
    monkeypatch.undo()
    assert clients.owner.post(UPLOADS, announcement(), **key).status_code == 201


def test_one_that_was_overtaken_leaves_the_key_to_the_other(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_image_id()
    monkeypatch.setattr(idempotency, "BUSY_SECONDS", -1)
    slow = idempotency.begin("key|a", key, "same")
    monkeypatch.undo()
    other = idempotency.begin("key|a", key, "same")
    assert isinstance(slow, idempotency.Attempt)
    assert isinstance(other, idempotency.Attempt)
    slow.remember(idempotency.Answer(202, "slow"))
    slow.clear()
    other.remember(idempotency.Answer(202, "other"))
    assert idempotency.begin("key|a", key, "same") == idempotency.Answer(202, "other")


def test_a_day_later_the_key_is_free(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_image_id()
    monkeypatch.setattr(idempotency, "KEPT_SECONDS", -1)  # and DynamoDB has not removed it yet
    attempt = idempotency.begin("key|a", key, "one")
    assert isinstance(attempt, idempotency.Attempt)
    attempt.remember(idempotency.Answer(202, {}))
    assert isinstance(idempotency.begin("key|a", key, "another"), idempotency.Attempt)


def test_a_key_costs_two_writes_and_its_repetition_at_most_one(clients: Cast) -> None:
    def cost(**extra: Any) -> float:
        with written_units() as units:
            assert clients.owner.post(UPLOADS, announcement(), **extra).status_code == 201
        return units["limits"]

    plain, key = cost(), keyed()
    assert cost(**key) == plain + 2
    assert cost(**key) <= plain + 1


def test_an_image_that_is_gone_is_not_announced_again(clients: Cast, cast: Cast) -> None:
    key = keyed()
    image_id = clients.owner.post(UPLOADS, announcement(), **key).json()["image_id"]
    Image.get(image_id, "image").delete()
    problem(clients.owner.post(UPLOADS, announcement(), **key), 404, "not_found")
