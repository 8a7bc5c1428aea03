from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from config.local_aws.emulator import Emulator
from tests.local_aws.recording import Recorder

Find = Callable[[Callable[[dict[str, Any]], bool]], dict[str, Any]]


class Table:
    """Items of one test in the media table."""

    def __init__(self, aws: Emulator, recorder: Recorder) -> None:
        self.recorder = recorder
        self.name = aws.outputs["MediaTable"]
        self.dynamodb = aws.root_client("dynamodb")
        self.mark = str(uuid.uuid4())

    def put(self, *names: str, part: str = "wanted", **attributes: Any) -> None:
        for name in names:
            key = {"image_id": {"S": f"{self.mark} {name}"}, "part": {"S": part}}
            self.dynamodb.put_item(TableName=self.name, Item={**key, **attributes})

    def delivered(self) -> list[str]:
        """The names of this test's items, in the order and as often as handlers were given them."""
        return [self.name_of(entry) for line in self.recorder.seen() for entry in self.entries(line)]

    def wait_for(self, name: str) -> dict[str, Any]:
        def has(line: dict[str, Any]) -> bool:
            return name in [self.name_of(entry) for entry in self.entries(line)]

        line = self.recorder.wait_for(has)[0]
        return next(entry for entry in self.entries(line) if self.name_of(entry) == name)

    def entries(self, line: dict[str, Any]) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = line["event"].get("Records", [])
        ours = [entry for entry in records if entry["eventSource"] == "aws:dynamodb"]
        return [entry for entry in ours if entry["dynamodb"]["Keys"]["image_id"]["S"].startswith(self.mark)]

    def name_of(self, entry: dict[str, Any]) -> str:
        key: str = entry["dynamodb"]["Keys"]["image_id"]["S"]
        return key.removeprefix(f"{self.mark} ")


@pytest.fixture
def table(aws: Emulator, recorder: Recorder) -> Table:
    return Table(aws, recorder)


def test_a_record_that_the_filter_does_not_want_invokes_nothing(table: Table) -> None:
    table.put("1", part="boring")
    table.put("2")
    table.wait_for("2")
    assert table.delivered() == ["2"]


def test_the_handler_gets_the_event_that_dynamodb_sends(aws: Emulator, table: Table) -> None:
    table.put("1", exif={"B": b"\x00\xff"})
    table.put("1", exif={"B": b"\x01"}, title={"S": "Harbour"})
    table.put("end")
    table.wait_for("end")
    entries = [entry for line in table.recorder.seen() for entry in table.entries(line)]
    inserted, modified = entries[:2]
    assert (inserted["eventName"], modified["eventName"]) == ("INSERT", "MODIFY")
    assert inserted["eventSourceARN"] == aws.outputs["MediaTableStreamArn"]
    assert inserted["dynamodb"]["NewImage"]["exif"] == {"B": "AP8="}
    assert modified["dynamodb"]["OldImage"] == inserted["dynamodb"]["NewImage"]
    assert modified["dynamodb"]["NewImage"]["title"] == {"S": "Harbour"}
    assert int(inserted["dynamodb"]["SequenceNumber"]) < int(modified["dynamodb"]["SequenceNumber"])
    assert isinstance(inserted["dynamodb"]["ApproximateCreationDateTime"], float)


def test_one_poisonous_record_does_not_hold_up_the_others(table: Table, dead_letter: Find) -> None:
    table.put("1", "2", "poison", "3", "4")
    table.wait_for("4")
    sequence = table.wait_for("poison")["dynamodb"]["SequenceNumber"]

    def is_ours(message: dict[str, Any]) -> bool:
        return sequence in message["Body"]

    letter = json.loads(dead_letter(is_ours)["Body"])
    assert letter["DDBStreamBatchInfo"]["startSequenceNumber"] == sequence
    assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert [name for name in dict.fromkeys(table.delivered()) if name != "poison"] == ["1", "2", "3", "4"]
