"""Work to go on with later: one message an image, with a delay that grows with its attempts."""

from __future__ import annotations

import json
import secrets
from typing import Any

from media_pipeline.aws import clients as aws
from media_pipeline.conf import conf

MAX_DELAY = 900  # SQS's own limit


def send(image_id: str, *, delay: int = 0) -> None:
    """Go on with the image where its ledger says."""
    _send({"image_id": image_id}, delay)


def send_rendition(image_id: str, request: dict[str, Any]) -> None:
    """Make one more rendition of it."""
    _send({"image_id": image_id, "rendition": request}, 0)


def _send(message: dict[str, Any], delay: int) -> None:
    with aws.temporary_errors("SQS"):
        aws.client("sqs").send_message(
            QueueUrl=conf.retry_queue_url, MessageBody=json.dumps(message), DelaySeconds=delay
        )


def backoff(attempts: int) -> int:
    """Seconds to wait after that many attempts: doubling, and spread so that a recovered service is not stormed."""
    longest: int = min(MAX_DELAY, conf.retry_delay_seconds * 2 ** max(0, attempts - 1))
    return longest // 2 + secrets.randbelow(longest // 2 + 1)
