"""Work that a request asks for and no image's ledger holds: webhooks, and what moderation does to many images at once.

A message is JSON with its `kind`; moderation/handlers.py has the table of who does which.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from media_pipeline.aws import clients as aws
from media_pipeline.aws import retry_queue
from media_pipeline.conf import conf


def send(kind: str, body: Mapping[str, Any], delay_seconds: int = 0) -> None:
    """Have the task done once at least, `delay_seconds` (up to 900) from now. Its body must be small, and no secret."""
    with aws.temporary_errors("SQS"):
        aws.client("sqs").send_message(
            QueueUrl=conf.tasks_queue_url,
            MessageBody=json.dumps({"kind": kind, **body}),
            DelaySeconds=delay_seconds,
        )


def put_off(receipt_handle: str, deliveries: int) -> None:
    """Let a message that failed wait the longer the more often it was delivered; SQS's own delay is the same each time.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
    """
    with aws.temporary_errors("SQS"):
        aws.client("sqs").change_message_visibility(
            QueueUrl=conf.tasks_queue_url,
            ReceiptHandle=receipt_handle,
            VisibilityTimeout=retry_queue.backoff(deliveries),
        )
