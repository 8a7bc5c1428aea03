from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from config.local_aws import dispatcher
from config.local_aws.emulator import Emulator
from tests.local_aws.recording import Recorder
from tests.support.waiting import HANGS

RECORD = "tests.local_aws.recorder.record"


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
    """The first wanted message among the dead letters; fails when none ever comes."""
    sqs = aws.root_client("sqs")

    def find(wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + HANGS
        while time.monotonic() < deadline:
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
