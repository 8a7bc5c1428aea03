"""One of the deployed functions, run in this process: `handler(event, context)` by its dotted path."""

from __future__ import annotations

import importlib
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import close_old_connections

Event = dict[str, Any]


@dataclass(frozen=True)
class LambdaContext:
    """What Lambda hands to a handler: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int
    timeout_seconds: int
    aws_request_id: str
    function_version: str = "$LATEST"
    identity: None = None
    client_context: None = None
    started: float = field(default_factory=time.monotonic)

    @property
    def log_group_name(self) -> str:
        return f"/aws/lambda/{self.function_name}"

    @property
    def log_stream_name(self) -> str:
        return f"local/[{self.function_version}]{self.aws_request_id.replace('-', '')}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int(1000 * (self.started + self.timeout_seconds - time.monotonic())))


class Function:
    """A Zappa stage as one Lambda function with a limit of concurrent invocations.

    Lambda stops a handler at its time limit; a thread cannot be stopped, so here the context only tells the time left.
    """

    def __init__(self, settings: dict[str, Any], stage: str, *, concurrency: int) -> None:
        self.settings = settings
        self.name = f"{settings['project_name']}-{stage}"
        self.region: str = settings["aws_region"]
        self.account: str = settings["role_arn"].split(":")[4]
        self.timeout_seconds: int = settings["timeout_seconds"]
        self.concurrency = concurrency
        self.slots = threading.Semaphore(concurrency)

    def invoke(self, handler: Callable[[Event, Any], Any], event: Event, request_id: str = "") -> Any:
        """Call the handler when a slot is free; whatever it raises reaches the caller."""
        with self.slots:
            close_old_connections()  # a thread may have slept longer than its connection to the database lives
            return handler(event, self.context(request_id or str(uuid.uuid4())))

    def context(self, request_id: str) -> LambdaContext:
        return LambdaContext(
            function_name=self.name,
            invoked_function_arn=f"arn:aws:lambda:{self.region}:{self.account}:function:{self.name}",
            memory_limit_in_mb=self.settings["memory_size"],
            timeout_seconds=self.timeout_seconds,
            aws_request_id=request_id,
        )


def handler(dotted_path: str) -> Callable[[Event, Any], Any]:
    module, _, name = dotted_path.rpartition(".")
    found: Callable[[Event, Any], Any] = getattr(importlib.import_module(module), name)
    return found
