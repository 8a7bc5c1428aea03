"""What time heals: outages, crashes and lost leases; and what is given up in the end."""

from __future__ import annotations

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.conf import conf
from media_pipeline.images import use_cases
from media_pipeline.pipeline import run
from media_pipeline.record.models import Image, Status
from media_pipeline.search import terms
from tests.support import hooks
from tests.support.aws import EMULATOR
from tests.support.pictures import make_jpeg
from tests.support.uploads import announced, reread, uploaded

pytestmark = pytest.mark.usefixtures("aws")


def test_s3_answering_503_twice_is_not_noticed() -> None:
    record, version = uploaded(make_jpeg())
    with hooks.failing("s3.GetObject", times=2) as refused:
        run.process_object(version)
    assert len(refused) == 2
    assert reread(record).status is Status.READY


def waiting_messages() -> list[str]:
    sqs = EMULATOR.root_client("sqs")
    answer = sqs.get_queue_attributes(
        QueueUrl=conf.retry_queue_url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"],
    )
    return [name for name, number in answer["Attributes"].items() for _ in range(int(number))]


def test_an_outage_leads_to_the_retry_queue() -> None:
    """What was done is kept."""
    before = len(waiting_messages())
    record, version = uploaded(make_jpeg())
    with hooks.failing("s3.PutObject", times=99):
        run.process_object(version)
    held = reread(record)
    assert (held.status, held.lease) == (Status.PROCESSING, None)
    assert len(waiting_messages()) == before + 1
    run.resume(record.image_id)
    assert reread(record).status is Status.READY


def test_a_retry_goes_on_where_the_ledger_says() -> None:
    record, version = uploaded(make_jpeg())

    def refuse_webp() -> None:
        raise hooks.refusal("s3", "PutObject")

    with hooks.first("s3.PutObject", refuse_webp, path="optimized/webp"):
        run.process_object(version)
    states = reread(record).stage_states
    assert (states["thumbnails"]["state"], states["optimize"]["state"]) == ("done", "failed")
    with hooks.counted_calls() as calls:
        run.resume(record.image_id)
    assert reread(record).status is Status.READY
    assert calls["s3.PutObject"] == 2  # jpeg and webp; the thumbnails are there


def test_without_attempts_left_an_image_fails() -> None:
    """It can be tried again."""
    record, version = uploaded(make_jpeg(), owner="frank")
    record.update([Image.attempts.set(conf.max_attempts - 1)])
    with hooks.failing("s3.PutObject", times=99):
        run.process_object(version)
    failed = reread(record)
    assert failed.status is Status.FAILED
    assert "Gave up after 14 attempts" in failed.failure
    use_cases.retry(Reader("frank"), record.image_id)
    run.resume(record.image_id)
    assert reread(record).status is Status.READY


def test_invocations_that_never_came_to_an_end_are_counted_too() -> None:
    record, version = uploaded(make_jpeg())
    record.update([Image.attempts.set(conf.max_attempts)])
    run.process_object(version)
    assert "never came to an end" in reread(record).failure


def test_a_fault_of_ours_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """It leaves the image to the next attempt."""
    record, version = uploaded(make_jpeg(seed=41))
    with monkeypatch.context() as broken:
        broken.setattr(terms, "found_terms", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run.process_object(version)
    assert reread(record).lease is None
    run.process_object(version)
    assert reread(record).status is Status.READY


def test_a_lease_that_ran_out_is_taken_over() -> None:
    record, version = uploaded(make_jpeg())
    record.update([Image.lease.set("crashed"), Image.lease_until.set(1), Image.version_id.set(version.version_id)])
    run.process_object(version)
    assert reread(record).status is Status.READY


def test_a_retry_for_an_image_that_nobody_uploaded_waits() -> None:
    record = announced()
    run.resume(record.image_id)
    assert reread(record).status is Status.UPLOADING
