"""Handlers for the dispatcher's tests: they write down what they were given, and fail when told to."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any


def record(event: dict[str, Any], context: Any) -> Any:
    """Append the invocation to the file named by RECORDER_FILE; do what the file beside it says."""
    file = Path(os.environ["RECORDER_FILE"])
    line = {
        "event": event,
        "request_id": context.aws_request_id,
        "function": context.function_name,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "remaining": context.get_remaining_time_in_millis(),
        "at": time.time(),
    }
    with file.open("a") as lines:
        lines.write(json.dumps(line) + "\n")
    behaviour = file.with_suffix(".behaviour")
    if not behaviour.exists():
        return None
    told = json.loads(behaviour.read_text())
    if "raise" in told:
        raise RuntimeError(told["raise"])
    failing = [r["messageId"] for r in event["Records"] if r.get("body") in told["fail_bodies"]]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failing]}
