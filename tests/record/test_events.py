from __future__ import annotations

import pytest

from media_pipeline.record import events
from media_pipeline.record.events import MalformedEventError, ObjectVersion


def notification(key: str, **object_: str) -> dict[str, object]:
    return {"Records": [{"s3": {"bucket": {"name": "b"}, "object": {"key": key, **object_}}}]}


@pytest.mark.parametrize("event", [{}, {"Records": [{}]}, {"Records": None}, {"Records": [{"s3": {"bucket": {}}}]}])
def test_what_is_no_notification_is_refused(event: dict[str, object]) -> None:
    with pytest.raises(MalformedEventError):
        events.created_objects(event)


@pytest.mark.parametrize("record", [{}, {"messageId": "1", "body": "no json"}, {"messageId": "1", "body": "[]"}])
def test_what_is_no_retry_request_is_refused(record: dict[str, str]) -> None:
    with pytest.raises(MalformedEventError):
        events.retry_request(record)


@pytest.mark.parametrize(
    ("encoded", "key"),
    [
        ("original/a+b", "original/a b"),
        ("original/a%2Bb", "original/a+b"),
        ("original/%C3%BCml%C3%A4ut.jpg", "original/ümläut.jpg"),
        ("original/100%25", "original/100%"),
    ],
)
def test_keys_are_decoded_as_s3_encodes_them(encoded: str, key: str) -> None:
    assert events.created_objects(notification(encoded, versionId="v")) == [ObjectVersion("b", key, "v")]


def test_in_a_bucket_without_versions_the_version_is_null() -> None:
    assert events.created_objects(notification("k"))[0].version_id == "null"


def test_a_retry_request_names_an_image() -> None:
    assert events.retry_request({"messageId": "1", "body": '{"image_id": "01H"}'}).image_id == "01H"
