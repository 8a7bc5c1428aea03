from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.local_aws import dispatcher
from config.local_aws.emulator import Emulator

RECORD = "tests.local_aws.recorder.record"


@dataclass(frozen=True)
class Recorder:
    """A running dispatcher whose handlers only write down what they get."""

    aws: Emulator
    file: Path

    def seen(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool], count: int = 1) -> list[dict[str, Any]]:
        """The invocations that are wanted, as soon as there are `count`; fails after ten seconds without them."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if len(found := [line for line in self.seen() if wanted(line)]) >= count:
                return found
            time.sleep(0.01)
        pytest.fail(f"Only {self.seen()} was invoked.")


@pytest.fixture(scope="package")
def recorder(aws: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """One event of every kind, each with the recorder as its function."""
    directory = tmp_path_factory.mktemp("recorder")
    settings = json.loads(aws.zappa_settings.read_text())
    settings["pipeline"]["events"] = [
        {
            "function": RECORD,
            "event_source": {
                "arn": aws.outputs["OriginalsBucketArn"],
                "events": ["s3:ObjectCreated:*"],
                "prefix": "original/",
            },
        },
        {"function": RECORD, "event_source": {"arn": aws.outputs["RetryQueueArn"], "batch_size": 5}},
        {"function": RECORD, "expression": "rate(5 minutes)"},
        {
            "function": RECORD,
            "event_source": {
                "arn": aws.outputs["MediaTableStreamArn"],
                "batch_size": 10,
                "filters": [{"dynamodb": {"NewImage": {"part": {"S": ["wanted"]}}}}],
                "maximum_retry_attempts": 1,
                "on_failure": aws.outputs["DeadLettersArn"],
            },
        },
    ]
    (directory / "zappa_settings.json").write_text(json.dumps(settings))
    aws.root_client("sqs").purge_queue(QueueUrl=aws.outputs["LocalBucketEventsUrl"])
    child = dispatcher.spawn(
        aws,
        settings=directory / "zappa_settings.json",
        concurrency=2,
        retry_seconds=(0, 1),
        environment={"RECORDER_FILE": str(directory / "invocations")},
        log=directory / "dispatcher.log",
    )
    try:
        yield Recorder(aws, directory / "invocations")
    finally:
        child.stop()


@pytest.fixture
def dead_letter(aws: Emulator) -> Callable[[Callable[[dict[str, Any]], bool]], dict[str, Any]]:
    """The first wanted message among the dead letters; fails after ten seconds without one."""
    sqs = aws.root_client("sqs")

    def find(wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        for _ in range(10):
            answer = sqs.receive_message(
                QueueUrl=aws.outputs["DeadLettersUrl"],
                WaitTimeSeconds=1,
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
            )
            for message in answer.get("Messages", []):
                if wanted(message):
                    found: dict[str, Any] = message
                    return found
        pytest.fail("Nothing was buried.")

    return find
