"""The tasks that wait in the queue, done when a test says so."""

from __future__ import annotations

import json
import time
from typing import Any

from media_pipeline.conf import conf
from moderation import handlers
from tests.support.aws import EMULATOR, as_role
from tests.support.stream import lambda_context


def work(*, patience: float = 0.0) -> int:
    """Do the tasks that wait in the queue, and those that they ask for; how many there were."""
    sqs = EMULATOR.root_client("sqs")
    done = 0
    until = time.monotonic() + patience
    while True:
        answer = sqs.receive_message(
            QueueUrl=conf.tasks_queue_url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        messages = answer.get("Messages", [])
        if not messages and time.monotonic() >= until:
            return done
        for message in messages:
            failed = _do(message)
            assert not failed, message["Body"]
            sqs.delete_message(QueueUrl=conf.tasks_queue_url, ReceiptHandle=message["ReceiptHandle"])
            done += 1


def as_event(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
    }


def _do(message: dict[str, Any]) -> list[Any]:
    with as_role("pipeline"):
        failed: list[Any] = handlers.on_task({"Records": [as_event(message)]}, lambda_context())["batchItemFailures"]
    return failed


def waiting_tasks() -> list[dict[str, Any]]:
    """Take the tasks that wait off the queue, to look at them."""
    sqs = EMULATOR.root_client("sqs")
    found = []
    while messages := sqs.receive_message(QueueUrl=conf.tasks_queue_url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=conf.tasks_queue_url, ReceiptHandle=message["ReceiptHandle"])
    return found
