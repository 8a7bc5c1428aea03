"""A handler for the dispatcher's tests: it writes down what it was given, and fails where the event says so."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any


def record(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Append the invocation to RECORDER_FILE. `poison` in the event raises; a message `fail` is reported as failed."""
    line = {
        "event": event,
        "request_id": context.aws_request_id,
        "function": context.function_name,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "remaining": context.get_remaining_time_in_millis(),
        "at": time.time(),
    }
    with Path(os.environ["RECORDER_FILE"]).open("a") as lines:
        lines.write(json.dumps(line) + "\n")
    if "poison" in json.dumps(event):
        raise RuntimeError("no film in the camera")
    failed = [entry["messageId"] for entry in event.get("Records", []) if entry.get("body") == "fail"]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
