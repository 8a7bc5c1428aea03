"""A batch of SQS messages: each is done for itself, and only those that failed come again.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from media_pipeline.errors import DarkroomError
from media_pipeline.telemetry import logger

Record = Mapping[str, Any]


def handle(
    records: Iterable[Record],
    do: Callable[[Record], None],
    *,
    work: str,
    put_off: Callable[[Record], None] | None = None,
) -> dict[str, Any]:
    """Do what each asks for; the answer names those that failed. `work` is what the log calls them."""
    failures = []
    for record in records:
        try:
            do(record)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others are done with
            if isinstance(error, DarkroomError):
                logger.warning("message failed", work=work, message_id=record["messageId"], reason=str(error))
            else:
                logger.exception("message broke", work=work, message_id=record["messageId"])
            if put_off is not None:
                put_off(record)
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
