"""What failed for good: kept for two weeks, until a person has it tried again or throws it away.

Three kinds of senders fill the queue, each in a form of its own: Lambda with an event as it was, the two queues of work
with a message as it was, and the stream's mapping with a description of the batch that it gave up.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from media_pipeline.aws import clients as aws
from media_pipeline.conf import conf

HIDDEN_SECONDS = 60  # long enough to look at one and decide; then others see it again


class Kind(StrEnum):
    """What a dead letter was; it decides what another attempt means."""

    WORK = "work"  # a message of the retry queue
    TASK = "task"  # a message of the tasks queue
    OBJECTS = "objects"  # S3's notification
    CHANGES = "changes"  # a batch of the table's stream: `reconcile` mends what it would have done
    SCHEDULE = "schedule"  # the next run has done it
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    message_id: str
    receipt: str
    body: str
    error: str
    received: int  # how often somebody looked
    sent_at: dt.datetime

    @property
    def content(self) -> dict[str, Any]:
        """What failed. Lambda's destinations wrap the event that its dead letter queues hold as it was."""
        try:
            content: Any = json.loads(self.body)
        except ValueError:
            return {}
        if isinstance(content, dict) and "requestPayload" in content:
            content = content["requestPayload"]
        return content if isinstance(content, dict) else {}

    @property
    def kind(self) -> Kind:
        for key, kind in (
            ("kind", Kind.TASK),  # first: what it is about may be an image
            ("image_id", Kind.WORK),
            ("Records", Kind.OBJECTS),
            ("DDBStreamBatchInfo", Kind.CHANGES),
            ("detail-type", Kind.SCHEDULE),
        ):
            if key in self.content:
                return kind
        return Kind.UNKNOWN


def receive(*, hidden_seconds: int = HIDDEN_SECONDS) -> Iterator[DeadLetter]:
    """Each dead letter once; until a minute from now nobody else sees those."""
    sqs, seen = aws.client("sqs"), set[str]()
    while True:
        with aws.temporary_errors("SQS"):
            answer = sqs.receive_message(
                QueueUrl=conf.dead_letters_url,
                MaxNumberOfMessages=10,
                VisibilityTimeout=hidden_seconds,
                MessageAttributeNames=["ErrorMessage"],
                MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
            )
        fresh = [message for message in answer.get("Messages", []) if message["MessageId"] not in seen]
        if not fresh:
            return
        for message in fresh:
            seen.add(message["MessageId"])
            yield DeadLetter(
                message_id=message["MessageId"],
                receipt=message["ReceiptHandle"],
                body=message["Body"],
                error=message.get("MessageAttributes", {}).get("ErrorMessage", {}).get("StringValue", ""),
                received=int(message["Attributes"]["ApproximateReceiveCount"]),
                sent_at=dt.datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, dt.UTC),
            )


def try_again(letter: DeadLetter) -> bool:
    """Give it back to the queue that does it, or let it go when its time has passed; False when neither is possible.

    SQS's own redrive refuses dead letters that did not come from a queue, hence send and delete. Between the two it may
    be in both queues: work is done once all the same.
    """
    if letter.kind in {Kind.WORK, Kind.OBJECTS, Kind.TASK}:
        url = conf.tasks_queue_url if letter.kind is Kind.TASK else conf.retry_queue_url
        with aws.temporary_errors("SQS"):
            aws.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(letter.content))
    elif letter.kind is not Kind.SCHEDULE:
        return False
    discard(letter)
    return True


def discard(letter: DeadLetter) -> None:
    with aws.temporary_errors("SQS"):
        aws.client("sqs").delete_message(QueueUrl=conf.dead_letters_url, ReceiptHandle=letter.receipt)


def redrive() -> tuple[Counter[str], list[DeadLetter]]:
    """Try everything again: how many of each kind went back, and those that only a person can deal with."""
    went: Counter[str] = Counter()
    left = []
    for letter in receive():
        if try_again(letter):
            went[letter.kind] += 1
        else:
            left.append(letter)
    return went, left
