from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from config.local_aws.emulator import Emulator
from config.local_aws.triggers.queue import failures
from tests.local_aws.recording import Recorder

Find = Callable[[Callable[[dict[str, Any]], bool]], dict[str, Any]]


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_an_answer_without_failures_means_that_all_is_done(answer: Any) -> None:
    assert failures(answer, {"1", "2"}) == set()


def test_only_the_messages_that_the_answer_names_have_failed() -> None:
    assert failures({"batchItemFailures": [{"itemIdentifier": "2"}]}, {"1", "2"}) == {"2"}


@pytest.mark.parametrize(
    "answer",
    [
        "done",
        {"failures": []},
        {"batchItemFailures": [{"id": "1"}]},
        {"batchItemFailures": [{"itemIdentifier": "unknown"}]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
    ],
)
def test_an_answer_that_makes_no_sense_fails_the_whole_batch(answer: Any) -> None:
    assert failures(answer, {"1", "2"}) == {"1", "2"}


class Messages:
    """Messages of one test in the retry queue, marked so that those of others do not matter."""

    def __init__(self, aws: Emulator, recorder: Recorder) -> None:
        self.recorder = recorder
        self.url = aws.outputs["RetryQueueUrl"]
        self.sqs = aws.root_client("sqs")
        self.mark = str(uuid.uuid4())

    def send(self, *bodies: str) -> None:
        mark = {"mark": {"DataType": "String", "StringValue": self.mark}}
        entries = [{"Id": str(n), "MessageBody": body, "MessageAttributes": mark} for n, body in enumerate(bodies)]
        self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)

    def deliveries(self, count: int, body: str = "") -> list[dict[str, Any]]:
        """The records that handlers were given, as soon as there are `count`."""
        lines = self.recorder.wait_for(lambda _: len(self.delivered(body)) >= count)
        assert lines
        return self.delivered(body)

    def delivered(self, body: str = "") -> list[dict[str, Any]]:
        return [
            entry
            for line in self.recorder.seen()
            for entry in line["event"].get("Records", [])
            if entry.get("messageAttributes", {}).get("mark", {}).get("stringValue") == self.mark
            and (not body or entry["body"] == body)
        ]

    def show_again(self, entry: dict[str, Any]) -> None:
        """Let the visibility timeout pass."""
        self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=entry["receiptHandle"], VisibilityTimeout=0)


@pytest.fixture
def messages(aws: Emulator, recorder: Recorder) -> Messages:
    return Messages(aws, recorder)


def test_the_handler_gets_the_event_that_sqs_sends(aws: Emulator, messages: Messages) -> None:
    messages.send('{"image_id": "1"}')
    (entry,) = messages.deliveries(1)
    assert entry["body"] == '{"image_id": "1"}'
    assert entry["eventSource"] == "aws:sqs"
    assert entry["eventSourceARN"] == aws.outputs["RetryQueueArn"]
    assert entry["attributes"]["ApproximateReceiveCount"] == "1"
    assert entry["messageAttributes"]["mark"]["dataType"] == "String"


def test_what_failed_comes_again_and_at_last_is_buried(messages: Messages, dead_letter: Find) -> None:
    messages.send("fine", "fail")
    for count in (1, 2, 3):
        newest = messages.deliveries(count, body="fail")[-1]
        assert newest["attributes"]["ApproximateReceiveCount"] == str(count)
        messages.show_again(newest)
    letter = dead_letter(
        lambda message: message.get("MessageAttributes", {}).get("mark", {}).get("StringValue") == messages.mark
    )
    assert letter["Body"] == "fail"
    assert len(messages.delivered("fine")) == 1
    assert len(messages.delivered("fail")) == 3


def test_an_exception_leaves_every_message_in_the_queue(messages: Messages) -> None:
    messages.send("poison")
    (entry,) = messages.deliveries(1)
    messages.show_again(entry)
    again = messages.deliveries(2)[-1]
    assert again["messageId"] == entry["messageId"]
