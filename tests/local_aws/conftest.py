from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.local_aws import dispatcher
from config.local_aws.emulator import Emulator
from config.local_aws.process import Child

RECORD = "tests.local_aws.recorder.record"


class Recorder:
    """A running dispatcher whose handlers only write down what they get."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.child: Child | None = None

    def behave(self, **told: Any) -> None:
        self.file.with_suffix(".behaviour").write_text(json.dumps(told))

    def seen(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool], count: int = 1) -> list[dict[str, Any]]:
        """The first `count` invocations that are wanted; fails after ten seconds without them."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if len(found := [line for line in self.seen() if wanted(line)]) >= count:
                return found
            time.sleep(0.01)
        pytest.fail(f"Only {self.seen()} was invoked.")


@pytest.fixture
def record(aws: Emulator, tmp_path: Path) -> Iterator[Callable[[list[dict[str, Any]]], Recorder]]:
    """Start a dispatcher for these events; every one of them goes to the recorder."""
    recorder = Recorder(tmp_path / "invocations")

    def start(events: list[dict[str, Any]]) -> Recorder:
        settings = json.loads(aws.zappa_settings.read_text())
        settings["pipeline"]["events"] = [{**event, "function": RECORD} for event in events]
        (tmp_path / "zappa_settings.json").write_text(json.dumps(settings))
        aws.root_client("sqs").purge_queue(QueueUrl=aws.outputs["LocalBucketEventsUrl"])
        recorder.child = dispatcher.spawn(
            aws,
            settings=tmp_path / "zappa_settings.json",
            concurrency=2,
            retry_seconds=(0, 1),
            environment={"RECORDER_FILE": str(recorder.file)},
            log=tmp_path / "dispatcher.log",
        )
        return recorder

    yield start
    if recorder.child:
        recorder.child.stop()
