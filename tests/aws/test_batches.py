"""What of a batch comes again, and what the log has of it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from media_pipeline import telemetry
from media_pipeline.aws import batches
from media_pipeline.errors import TemporaryError

ON_PURPOSE, BY_MISTAKE = TemporaryError("SQS did not answer."), ZeroDivisionError("division by zero")
MESSAGES = [{"messageId": name} for name in ("a", "b", "c", "d")]
CHANGES = [{"dynamodb": {"SequenceNumber": number}} for number in ("1", "2", "3")]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    monkeypatch.setattr(telemetry.logger.registered_handler, "stream", stream)
    return stream


class Work:
    """Raises for some records, and knows all that it was given."""

    def __init__(self, *errors: Exception | None) -> None:
        self.errors, self.given = list(errors), []  # type: ignore[var-annotated]

    def __call__(self, record: dict[str, Any]) -> None:
        self.given.append(record)
        error = self.errors.pop(0)
        if error is not None:
            raise error


def lines(printed: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.getvalue().splitlines()]


def test_what_went_well_is_not_named_nor_logged(printed: io.StringIO) -> None:
    assert batches.messages(MESSAGES, Work(*[None] * 4), what="work") == {"batchItemFailures": []}
    assert batches.changes(CHANGES, Work(*[None] * 3), what="work") == {"batchItemFailures": []}
    assert lines(printed) == []


def test_messages_that_fail_leave_the_others_alone() -> None:
    work, put_off = Work(ON_PURPOSE, None, BY_MISTAKE, None), Work(None, None)
    answer = batches.messages(MESSAGES, work, what="work", put_off=put_off)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "c"}]}
    assert work.given == MESSAGES
    assert put_off.given == [MESSAGES[0], MESSAGES[2]]


@pytest.mark.parametrize("error", [ON_PURPOSE, BY_MISTAKE])
def test_the_first_change_that_fails_ends_the_batch(error: Exception) -> None:
    work = Work(None, error, None)
    assert batches.changes(CHANGES, work, what="work") == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert work.given == CHANGES[:2]


def test_only_mistakes_are_logged_with_a_traceback(printed: io.StringIO) -> None:
    batches.messages(MESSAGES[:2], Work(ON_PURPOSE, BY_MISTAKE), what="work")
    failed, broke = lines(printed)
    assert (failed["level"], failed["message"], failed["message_id"]) == ("WARNING", "work failed", "a")
    assert failed["reason"] == "SQS did not answer."
    assert "exception" not in failed
    assert (broke["level"], broke["message"], broke["message_id"]) == ("ERROR", "work broke", "b")
    assert "ZeroDivisionError" in broke["exception"]
