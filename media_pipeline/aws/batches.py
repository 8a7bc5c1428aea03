"""What a queue or a stream hands over at once: the answer names what failed, so that Lambda delivers no more than that.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from media_pipeline.errors import DarkroomError
from media_pipeline.telemetry import logger

Record = dict[str, Any]
Do = Callable[[Record], None]
Answer = dict[str, list[dict[str, str]]]


def messages(records: Iterable[Record], do: Do, *, what: str, put_off: Do | None = None) -> Answer:
    """SQS: each by itself; `put_off` is called with each that failed."""
    failed = []
    for record in records:
        number = record["messageId"]
        if not _done(record, do, what, {"message_id": number}):
            if put_off is not None:
                put_off(record)
            failed.append(number)
    return _answer(failed)


def changes(records: Iterable[Record], do: Do, *, what: str) -> Answer:
    """DynamoDB's stream, in order: the first that fails leaves the rest for another delivery.

    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    """
    for record in records:
        number = record["dynamodb"]["SequenceNumber"]
        if not _done(record, do, what, {"sequence_number": number}):
            return _answer([number])
    return _answer([])


def _done(record: Record, do: Do, what: str, about: dict[str, str]) -> bool:
    """Whether it went well. What we raise on purpose says all in its message; everything else needs its traceback."""
    try:
        do(record)
    except DarkroomError as error:
        logger.warning("%s failed", what, extra={**about, "reason": str(error)})
    except Exception:  # noqa: BLE001 - whatever is wrong with one, the others are done with
        logger.exception("%s broke", what, extra=about)
    else:
        return True
    return False


def _answer(failed: list[str]) -> Answer:
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}
