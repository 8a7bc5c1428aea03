"""Tasks on the embedded AWS: sent, put off when they fail, and found again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from config.local_aws.emulator import Emulator
from media_pipeline.aws import task_queue
from media_pipeline.conf import conf
from media_pipeline.errors import TemporaryError
from moderation import handlers
from tests.support.stream import lambda_context


class Queue:
    def __init__(self, aws: Emulator) -> None:
        self.sqs = aws.root_client("sqs")

    def empty(self) -> None:
        self.sqs.purge_queue(QueueUrl=conf.tasks_queue_url)

    def receive(self) -> list[dict[str, Any]]:
        """What is to be had at this moment, as Lambda hands it over."""
        answer = self.sqs.receive_message(
            QueueUrl=conf.tasks_queue_url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        return [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
            }
            for message in answer.get("Messages", [])
        ]


@pytest.fixture
def queue(aws: Emulator) -> Iterator[Queue]:
    made = Queue(aws)
    made.empty()
    yield made
    made.empty()


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = []
    monkeypatch.setitem(handlers.TASKS, "note", tasks.append)
    return tasks


def handle(records: list[dict[str, Any]]) -> list[str]:
    answer = handlers.on_task({"Records": records}, lambda_context())
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_a_task_reaches_the_function_of_its_kind(queue: Queue, db: None, done: list[dict[str, Any]]) -> None:
    task_queue.send("note", {"about": "x"})
    assert handle(queue.receive()) == []
    assert done == [{"kind": "note", "about": "x"}]


def test_a_delayed_task_is_not_there_yet(queue: Queue) -> None:
    task_queue.send("note", {}, delay_seconds=60)
    assert queue.receive() == []


def test_a_failing_task_waits_longer_each_time(
    queue: Queue, db: None, done: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds up no other."""

    def fail(task: dict[str, Any]) -> None:
        raise TemporaryError("The other side is asleep.")

    waits: list[tuple[str, int]] = []
    monkeypatch.setitem(handlers.TASKS, "broken", fail)
    monkeypatch.setattr(handlers.task_queue, "put_off", lambda receipt, times: waits.append((receipt, times)))
    record = {"messageId": "1", "receiptHandle": "r", "body": '{"kind": "broken"}'}
    other = {"messageId": "2", "receiptHandle": "s", "body": '{"kind": "note"}'}
    for times in ("1", "2"):
        attributes = {"ApproximateReceiveCount": times}
        assert handle([{**record, "attributes": attributes}, {**other, "attributes": attributes}]) == ["1"]
    assert waits == [("r", 1), ("r", 2)]
    assert len(done) == 2


def test_put_off_it_is_hidden_for_that_long(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_queue.retry_queue, "backoff", lambda times: 0 if times == 1 else 60)
    task_queue.send("note", {})
    for times, seen_again in ((1, True), (2, False)):
        (record,) = queue.receive()
        assert record["attributes"]["ApproximateReceiveCount"] == str(times)
        task_queue.put_off(record["receiptHandle"], times)
        if not seen_again:
            assert queue.receive() == []


@pytest.mark.parametrize("body", ["no JSON", "[]", "{}", json.dumps({"kind": "unheard of"})])
def test_what_nobody_here_does_goes_the_way_of_failures(queue: Queue, db: None, body: str) -> None:
    queue.sqs.send_message(QueueUrl=conf.tasks_queue_url, MessageBody=body)
    (record,) = queue.receive()
    assert handle([record]) == [record["messageId"]]
    assert queue.receive() == []
