"""When Rekognition does not answer, or not in time: the verdict waits, and nothing is lost or let out meanwhile."""

from __future__ import annotations

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.aws import rekognition as rekognition_service
from media_pipeline.aws import retry_queue
from media_pipeline.conf import conf
from media_pipeline.errors import TemporaryError
from media_pipeline.images import erasure, use_cases
from media_pipeline.pipeline import run
from media_pipeline.record.models import Image, Status
from media_pipeline.review import policy
from media_pipeline.review.policy import Policy
from media_pipeline.storage.signing import Purpose, sign
from tests.support import hooks
from tests.support.pictures import new_jpeg
from tests.support.rekognition_stub import RekognitionStub
from tests.support.uploads import processed, reread, uploaded

pytestmark = pytest.mark.usefixtures("aws", "fresh_policy")
EXPLICIT = ("Explicit Nudity", "Explicit", 2, 91.5)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "ThrottlingException"), (500, "InternalServerError"), (503, "ServiceUnavailable")]
)
def test_an_outage_delays_the_verdict_and_nothing_else(status: int, code: str, rekognition: RekognitionStub) -> None:
    rekognition.refuses(status, code)
    record = processed(new_jpeg(), owner="otto")
    assert record.status is Status.PROCESSING
    assert {name: state["state"] for name, state in record.stage_states.items()} == {
        "thumbnails": "done",
        "moderation_labels": "failed",
        "faces": "failed",
        "optimize": "done",
        "metadata": "done",
    }
    assert sign(record, Reader("otto"), Purpose.VIEW, "small")
    assert sign(record, Reader("otto"), Purpose.VIEW, "jpeg") is None
    rekognition.reset()
    run.resume(record.image_id)
    assert reread(record).status is Status.READY


def test_an_outage_of_an_hour_is_outlived() -> None:
    shortest = sum(
        min(retry_queue.MAX_DELAY, conf.retry_delay_seconds * 2 ** (attempt - 1)) // 2
        for attempt in range(1, conf.max_attempts)
    )
    assert shortest > 3600


def test_down_for_an_hour_nothing_is_lost_and_nothing_let_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a queue of the test's own, whose clock jumps to when the message would come."""
    clock = 0
    delays: list[int] = []
    asked = rekognition_service.moderation_labels

    def down(jpeg: bytes) -> rekognition_service.Moderation:
        if clock < 3600:
            raise TemporaryError("Rekognition did not answer as it should (ServiceUnavailable).")
        return asked(jpeg)

    monkeypatch.setattr(retry_queue, "send", lambda _, *, delay=0: delays.append(delay))
    monkeypatch.setattr(rekognition_service, "moderation_labels", down)
    record = processed(new_jpeg(), owner="otto")
    while delays:
        assert reread(record).status is Status.PROCESSING
        assert sign(reread(record), Reader("otto"), Purpose.VIEW, "jpeg") is None
        clock += delays.pop()
        run.resume(record.image_id)
    assert clock >= 3600
    assert reread(record).status is Status.READY


@pytest.mark.parametrize("raw", [b"{}", b'{"ModerationLabels": [{}], "FaceDetails": [{}]}', b"<html>", b""])
def test_a_malformed_answer_is_no_verdict(raw: bytes, rekognition: RekognitionStub) -> None:
    rekognition.raw = raw
    record = processed(new_jpeg())
    assert record.status is Status.PROCESSING
    assert record.moderation is None


def test_a_policy_that_changes_meanwhile_is_applied_whole(rekognition: RekognitionStub) -> None:
    """Or not at all."""
    rekognition.finds_labels(("Violence", "", 1, 50.0))
    record, version = uploaded(new_jpeg())
    stricter = Policy(version=2, thresholds={"Violence": 30.0}, sample_rate=0)
    with hooks.first("rekognition.DetectModerationLabels", lambda: policy.publish(stricter)):
        run.process_object(version)
    after = reread(record)
    assert after.moderation["policy"] == 2
    assert after.status is Status.IN_REVIEW


def test_an_image_erased_while_it_is_judged_stays_erased(rekognition: RekognitionStub) -> None:
    rekognition.finds_labels(EXPLICIT)
    record, version = uploaded(new_jpeg())
    with hooks.first("rekognition.DetectModerationLabels", lambda: erasure.erase(reread(record))):
        run.process_object(version)
    assert Image.load(record.image_id) is None


def test_an_image_trashed_while_judged_is_judged(
    rekognition: RekognitionStub,
) -> None:
    """It stays in the trash."""
    rekognition.finds_labels(EXPLICIT)
    record, version = uploaded(new_jpeg(), owner="olive")
    with hooks.first("rekognition.DetectModerationLabels", lambda: use_cases.delete(Reader("olive"), record.image_id)):
        run.process_object(version)
    assert reread(record).status is Status.DELETED
    use_cases.restore(Reader("olive"), record.image_id)
    assert reread(record).status is Status.IN_REVIEW
