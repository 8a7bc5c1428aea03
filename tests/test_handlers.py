"""Lambda's entry points, called as Lambda calls them; and once for real, by the dispatcher."""

from __future__ import annotations

import io
import json
import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote_plus

import pytest

from media_pipeline import handlers, telemetry
from media_pipeline.errors import DarkroomError
from media_pipeline.record.events import ObjectVersion
from media_pipeline.record.models import Image, Status
from media_pipeline.search import pages, terms
from tests.support import hooks
from tests.support.pictures import make_jpeg
from tests.support.uploads import announced, reread, stored, uploaded
from tests.support.waiting import eventually

CONTEXT = SimpleNamespace(aws_request_id="req-1", function_name="pipeline", get_remaining_time_in_millis=lambda: 30_000)


def notification(version: ObjectVersion) -> dict[str, Any]:
    object_ = {"key": quote_plus(version.key, safe="/"), "versionId": version.version_id}
    return {"Records": [{"s3": {"bucket": {"name": version.bucket}, "object": object_}}]}


def messages(*image_ids: str) -> dict[str, Any]:
    return {
        "Records": [{"messageId": f"m{i}", "body": json.dumps({"image_id": id_})} for i, id_ in enumerate(image_ids)]
    }


def metric_lines(out: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, out.splitlines()) if "_aws" in line]


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("key", ["elsewhere/x", "original/", "original/2024/", "original"])
def test_objects_outside_the_originals_are_left_alone(key: str) -> None:
    """So is the mark of a folder."""
    event = notification(ObjectVersion("b", key, "v"))
    with hooks.counted_calls() as calls:
        handlers.on_object_created(event, CONTEXT)
        handlers.on_retry({"Records": [{"messageId": "m", "body": json.dumps(event)}]}, CONTEXT)
    assert not calls


def test_a_malformed_event_is_raised_so_that_it_is_not_lost() -> None:
    with pytest.raises(DarkroomError):
        handlers.on_object_created({"Records": [{}]}, CONTEXT)


@pytest.mark.usefixtures("aws")
def test_an_upload_is_processed_and_measured(capsys: pytest.CaptureFixture[str]) -> None:
    record, version = uploaded(make_jpeg())
    handlers.on_object_created(notification(version), CONTEXT)
    assert reread(record).status is Status.READY
    out = capsys.readouterr().out
    lines = metric_lines(out)
    (whole,) = [line for line in lines if "ProcessingTime" in line]
    assert whole["ThumbnailsGenerated"] == [3.0]
    assert len(whole["ImageSizeReduction"]) == 2
    assert {line["stage"] for line in lines if "StageDuration" in line} == {
        "thumbnails",
        "moderation_labels",
        "faces",
        "optimize",
        "metadata",
    }


@pytest.mark.usefixtures("aws")
def test_every_line_carries_the_request_and_the_image(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = io.StringIO()
    monkeypatch.setattr(telemetry.logger.registered_handler, "stream", printed)
    record, version = uploaded(b"no image")
    handlers.on_object_created(notification(version), CONTEXT)
    (line,) = [json.loads(text) for text in printed.getvalue().splitlines() if "image failed" in text]
    assert (line["request_id"], line["image_id"]) == ("req-1", record.image_id)


@pytest.mark.usefixtures("aws")
def test_failures_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    _, version = uploaded(b"no image")
    handlers.on_object_created(notification(version), CONTEXT)
    assert [line["Failures"] for line in metric_lines(capsys.readouterr().out) if "Failures" in line] == [[1.0]]


@pytest.mark.usefixtures("aws")
def test_a_message_that_fails_leaves_the_others_alone() -> None:
    record, _ = uploaded(make_jpeg())
    event = messages(record.image_id, "", announced().image_id)
    event["Records"][1]["body"] = "garbage"
    assert handlers.on_retry(event, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert reread(record).status is Status.READY


@pytest.mark.usefixtures("aws")
def test_a_message_for_an_image_at_work_comes_again() -> None:
    record, version = uploaded(make_jpeg())
    in_a_minute = int(time.time()) + 60
    record.update(
        [Image.version_id.set(version.version_id), Image.lease.set("other"), Image.lease_until.set(in_a_minute)]
    )
    assert handlers.on_retry(messages(record.image_id), CONTEXT)["batchItemFailures"]


@pytest.mark.usefixtures("aws")
def test_the_schedule_reports_what_it_did() -> None:
    assert set(handlers.sweep({}, CONTEXT)) == {"resumed", "abandoned", "purged", "rejudged"}


@pytest.mark.usefixtures("pipeline_running")
class TestForReal:
    """Object in the bucket, notification, dispatcher, handler: nothing called by the test itself."""

    def test_an_uploaded_photo_becomes_ready(self) -> None:
        record, _ = uploaded(make_jpeg())
        assert eventually(lambda: reread(record).status is Status.READY)

    def test_a_key_with_spaces_plus_signs_and_umlauts_is_found(self) -> None:
        stored(make_jpeg(), "original/a b+c/grün & blau (1).jpg", owner="umlaut")
        assert eventually(
            lambda: [i for i in pages.page("umlaut", terms.ALL, size=2).images if i.status is Status.READY]
        )

    def test_what_is_no_image_fails(self) -> None:
        record, _ = uploaded(b"text called .jpg")
        assert eventually(lambda: reread(record).status is Status.FAILED)
