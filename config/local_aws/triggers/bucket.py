"""Lambda's S3 trigger: an asynchronous invocation for every object created.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from __future__ import annotations

import fnmatch
import json
import logging
import threading
import time
from typing import Any
from urllib.parse import unquote_plus

from botocore.exceptions import BotoCoreError, ClientError

from config.local_aws.function import Event, Function, handler
from config.local_aws.queues import POLL_SECONDS, bury

logger = logging.getLogger(__name__)

ATTEMPTS = 3
# The emulator looks for messages ten times a second while a poll is open. Polls that start at different moments
# share that interval between them, so that an upload does not wait for it.
SPARE_POLLS = 3


class BucketTrigger:
    """Consumes the bucket's notifications and invokes the function with each, as Lambda does from its internal queue.

    A failed attempt goes back to the queue for `retry_seconds[attempt]`; the third sends the event to the function's
    dead letter queue. The queue counts the attempts, so that they outlive a crash of this process.
    """

    def __init__(
        self,
        function: Function,
        event: dict[str, Any],
        *,
        queue_url: str,
        service: Any,
        execution_role: Any,
        retry_seconds: tuple[int, int],
    ) -> None:
        """`service` is SQS as Lambda's own service sees it; `execution_role` is SQS as the function may use it."""
        self.function = function
        self.handler = handler(event["function"])
        self.name: str = event["function"]
        self.source = event["event_source"]
        self.queue_url = queue_url
        self.service = service
        self.execution_role = execution_role
        self.retry_seconds = retry_seconds

    def threads(self, stop: threading.Event) -> list[threading.Thread]:
        polls = self.function.concurrency + SPARE_POLLS
        return [threading.Thread(target=self._consume, args=(stop, 0.1 * number / polls)) for number in range(polls)]

    def _consume(self, stop: threading.Event, delay: float) -> None:
        time.sleep(delay)
        while not stop.is_set():
            try:
                answer = self.service.receive_message(
                    QueueUrl=self.queue_url,
                    MaxNumberOfMessages=1,
                    WaitTimeSeconds=POLL_SECONDS,
                    MessageSystemAttributeNames=["ApproximateReceiveCount"],
                )
                for message in answer.get("Messages", []):
                    if stop.is_set():
                        self._hide(message, 0)
                    else:
                        self._deliver(message)
            except (BotoCoreError, ClientError) as exc:
                if not stop.is_set():
                    logger.warning("The bucket's notifications cannot be read: %s", exc)
                    stop.wait(1)

    def _deliver(self, message: dict[str, Any]) -> None:
        """One attempt. Only a message that is done with, one way or the other, leaves the queue."""
        event = json.loads(message["Body"])
        if any(self.wants(record) for record in event.get("Records", [])):  # an s3:TestEvent has none
            try:
                self.function.invoke(self.handler, event, message["MessageId"])
            except Exception as exc:  # whatever a handler raises is its own affair, here as on Lambda
                attempt = int(message["Attributes"]["ApproximateReceiveCount"])
                logger.exception("%s failed, attempt %d of %d", self.name, attempt, ATTEMPTS)
                if attempt < ATTEMPTS:
                    self._hide(message, self.retry_seconds[attempt - 1])
                    return
                arn = self.function.settings["dead_letter_arn"]
                bury(self.execution_role, arn, message["Body"], request_id=message["MessageId"], error=exc)
        self.service.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])

    def _hide(self, message: dict[str, Any], seconds: int) -> None:
        self.service.change_message_visibility(
            QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def wants(self, record: Event) -> bool:
        """S3's own filter. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html"""
        key = unquote_plus(record["s3"]["object"]["key"])
        return (
            any(fnmatch.fnmatchcase(f"s3:{record['eventName']}", wanted) for wanted in self.source["events"])
            and record["s3"]["bucket"]["arn"] == self.source["arn"]
            and key.startswith(self.source.get("prefix", ""))
            and key.endswith(self.source.get("suffix", ""))
        )
