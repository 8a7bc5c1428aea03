"""Lambda's SQS trigger: batches of messages, deleted when the function is done with them.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from config.local_aws.function import Event, Function, handler
from config.local_aws.queues import POLL_SECONDS, queue_url

logger = logging.getLogger(__name__)


class QueueTrigger:
    """Polls with the function's own role, as Lambda does. What fails stays in the queue: its visibility timeout, its
    receive count and its dead letter queue decide what comes next."""

    def __init__(self, function: Function, event: dict[str, Any], *, execution_role: Any) -> None:
        self.function = function
        self.handler = handler(event["function"])
        self.name: str = event["function"]
        self.arn: str = event["event_source"]["arn"]
        self.batch_size: int = event["event_source"].get("batch_size", 10)
        self.sqs = execution_role
        self.url = queue_url(execution_role, self.arn)

    def threads(self, stop: threading.Event) -> list[threading.Thread]:
        return [threading.Thread(target=self._consume, args=(stop,)) for _ in range(self.function.concurrency)]

    def _consume(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                answer = self.sqs.receive_message(
                    QueueUrl=self.url,
                    MaxNumberOfMessages=self.batch_size,
                    WaitTimeSeconds=POLL_SECONDS,
                    MessageSystemAttributeNames=["All"],
                    MessageAttributeNames=["All"],
                )
                if messages := answer.get("Messages"):
                    self._deliver(messages)
            except (BotoCoreError, ClientError) as exc:
                if not stop.is_set():
                    logger.warning("The queue %s cannot be read: %s", self.arn, exc)
                    stop.wait(1)

    def _deliver(self, messages: list[dict[str, Any]]) -> None:
        try:
            answer = self.function.invoke(self.handler, {"Records": [self._record(message) for message in messages]})
            failed = failures(answer, {message["MessageId"] for message in messages})
        except Exception:  # whatever a handler raises is its own affair, here as on Lambda
            logger.exception("%s failed; its %d messages stay in the queue", self.name, len(messages))
            return
        for message in messages:
            if message["MessageId"] not in failed:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def _record(self, message: dict[str, Any]) -> Event:
        """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event"""
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {
                name: {
                    "stringValue": value.get("StringValue"),
                    "stringListValues": [],
                    "binaryListValues": [],
                    "dataType": value["DataType"],
                }
                for name, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.arn,
            "awsRegion": self.function.region,
        }


def failures(answer: Any, batch: set[str]) -> set[str]:
    """The ids that a partial batch response names; one that makes no sense fails the whole batch, as on Lambda."""
    if not answer:
        return set()
    try:
        failed = {item["itemIdentifier"] for item in answer["batchItemFailures"] or []}
    except (KeyError, TypeError):
        return batch
    return failed if failed <= batch else batch
