from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command

from config.local_aws.emulator import Emulator
from media_pipeline import handlers
from media_pipeline.aws import dead_letters
from media_pipeline.aws.dead_letters import Kind
from media_pipeline.conf import conf
from media_pipeline.record.models import Status
from tests.support.pictures import make_jpeg
from tests.support.uploads import reread, uploaded
from tests.test_handlers import CONTEXT, notification

STREAM = {"requestContext": {}, "DDBStreamBatchInfo": {"shardId": "s", "batchSize": 3}}


@pytest.fixture(autouse=True)
def empty_queues(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def empty() -> None:
        for url in (conf.dead_letters_url, conf.retry_queue_url, conf.tasks_queue_url):
            aws.root_client("sqs").purge_queue(QueueUrl=url)

    empty()
    yield
    empty()


def bury(aws: Emulator, body: object) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    aws.root_client("sqs").send_message(QueueUrl=conf.dead_letters_url, MessageBody=text)


def given_back(aws: Emulator, url: str = conf.retry_queue_url) -> list[str]:
    answer = aws.root_client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [message["Body"] for message in answer.get("Messages", [])]


def test_without_dead_letters_nothing_happens(aws: Emulator) -> None:
    said = StringIO()
    call_command("redrive", stdout=said)
    assert said.getvalue() == "There are no dead letters.\n"
    assert given_back(aws) == []


def test_what_no_retry_can_mend_is_left_and_named(aws: Emulator) -> None:
    bury(aws, STREAM)
    bury(aws, "no JSON")
    went, left = dead_letters.redrive()
    assert not went
    assert {letter.kind for letter in left} == {Kind.CHANGES, Kind.UNKNOWN}
    assert given_back(aws) == []


def test_a_missed_run_of_a_schedule_is_let_go(aws: Emulator) -> None:
    bury(aws, {"detail-type": "Scheduled Event"})
    assert dead_letters.redrive() == ({Kind.SCHEDULE: 1}, [])
    assert given_back(aws) == []
    assert dead_letters.redrive() == ({}, [])


def test_work_goes_back_as_it_was(aws: Emulator) -> None:
    bury(aws, {"image_id": "x", "rendition": {"width": 100}})
    assert dead_letters.redrive() == ({Kind.WORK: 1}, [])
    assert [json.loads(body) for body in given_back(aws)] == [{"image_id": "x", "rendition": {"width": 100}}]


def test_a_task_goes_back_to_its_own_queue(aws: Emulator) -> None:
    """Even if it is about an image."""
    bury(aws, {"kind": "webhook", "image_id": "x"})
    assert dead_letters.redrive() == ({Kind.TASK: 1}, [])
    assert given_back(aws) == []
    assert [json.loads(body) for body in given_back(aws, conf.tasks_queue_url)] == [
        {"kind": "webhook", "image_id": "x"}
    ]


@pytest.mark.parametrize("wrapped", [False, True], ids=["as it was", "wrapped by a destination"])
def test_an_object_whose_event_failed_becomes_an_image_after_all(aws: Emulator, wrapped: bool) -> None:
    record, version = uploaded(make_jpeg())
    event = notification(version)
    bury(aws, {"requestContext": {}, "requestPayload": event} if wrapped else event)
    call_command("redrive", stdout=StringIO())
    (body,) = given_back(aws)
    answer = handlers.on_retry({"Records": [{"messageId": "m", "body": body}]}, CONTEXT)
    assert answer == {"batchItemFailures": []}
    assert reread(record).status is Status.READY
