"""EventBridge's schedule: the function is invoked at a fixed rate.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

from __future__ import annotations

import logging
import re
import threading
import uuid
from datetime import UTC, datetime
from typing import Any

from config.local_aws.function import Event, Function, handler

logger = logging.getLogger(__name__)

SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


class ScheduleTrigger:
    """Invokes at the start, because time went by while the machine was off, and at the rate from then on."""

    def __init__(self, function: Function, event: dict[str, Any]) -> None:
        self.function = function
        self.handler = handler(event["function"])
        self.name: str = event["function"]
        self.seconds = rate_seconds(event["expression"])

    def threads(self, stop: threading.Event) -> list[threading.Thread]:
        return [threading.Thread(target=self._tick, args=(stop,))]

    def _tick(self, stop: threading.Event) -> None:
        if self.seconds is None:
            logger.warning("%s runs at a cron expression, which only an account's EventBridge keeps.", self.name)
            return
        while not stop.is_set():
            try:
                self.function.invoke(self.handler, self._event())
            except Exception:  # whatever a handler raises is its own affair; the next tick comes all the same
                logger.exception("%s failed", self.name)
            stop.wait(self.seconds)

    def _event(self) -> Event:
        rule = f"{self.function.name}-{self.name}"
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": self.function.account,
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self.function.region,
            "resources": [f"arn:aws:events:{self.function.region}:{self.function.account}:rule/{rule}"],
            "detail": {},
        }


def rate_seconds(expression: str) -> int | None:
    """The interval of `rate(5 minutes)`; None for a cron expression."""
    match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    return int(match[1]) * SECONDS[match[2]] if match else None
