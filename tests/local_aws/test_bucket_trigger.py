from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from config.local_aws.emulator import Emulator
from tests.local_aws.recording import Recorder

Find = Callable[[Callable[[dict[str, Any]], bool]], dict[str, Any]]


def put(aws: Emulator, key: str) -> None:
    aws.root_client("s3").put_object(Bucket=aws.outputs["OriginalsBucket"], Key=key, Body=b"light")


def key_of(line: dict[str, Any]) -> str:
    try:
        key: str = line["event"]["Records"][0]["s3"]["object"]["key"]
    except KeyError:
        return ""
    return key


def test_an_object_elsewhere_in_the_bucket_invokes_nothing(aws: Emulator, recorder: Recorder) -> None:
    put(aws, "elsewhere/1")
    put(aws, "original/after-elsewhere")
    recorder.wait_for(lambda line: key_of(line) == "original/after-elsewhere")
    assert not [line for line in recorder.seen() if key_of(line) == "elsewhere/1"]


def test_the_handler_gets_the_event_that_s3_sends(aws: Emulator, recorder: Recorder) -> None:
    put(aws, "original/Größe +1.jpg")
    (line,) = recorder.wait_for(lambda line: key_of(line) == "original/Gr%C3%B6%C3%9Fe+%2B1.jpg")
    (entry,) = line["event"]["Records"]
    assert entry["eventSource"] == "aws:s3"
    assert entry["eventName"] == "ObjectCreated:Put"
    assert entry["s3"]["bucket"]["arn"] == aws.outputs["OriginalsBucketArn"]
    assert entry["s3"]["object"]["size"] == 5
    assert entry["s3"]["object"]["versionId"]
    assert entry["s3"]["object"]["sequencer"]


def test_the_context_is_that_of_the_pipeline_function(aws: Emulator, recorder: Recorder) -> None:
    put(aws, "original/context")
    (line,) = recorder.wait_for(lambda line: key_of(line) == "original/context")
    assert line["function"] == "darkroom-local-pipeline"
    assert line["arn"] == "arn:aws:lambda:us-east-1:000000000000:function:darkroom-local-pipeline"
    assert line["memory"] == 3008
    assert 60_000 < line["remaining"] <= 120_000


def test_a_failing_handler_is_tried_three_times_and_then_buried(
    aws: Emulator, recorder: Recorder, dead_letter: Find
) -> None:
    put(aws, "original/poison")
    attempts = recorder.wait_for(lambda line: key_of(line) == "original/poison", count=3)
    request_ids = {line["request_id"] for line in attempts}
    assert len(request_ids) == 1, "a retry is the same request"

    letter = dead_letter(lambda message: "original/poison" in message["Body"])
    assert json.loads(letter["Body"]) == attempts[0]["event"]
    assert {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()} == {
        "RequestID": request_ids.pop(),
        "ErrorCode": "200",
        "ErrorMessage": "no film in the camera",
    }
    assert len([line for line in recorder.seen() if key_of(line) == "original/poison"]) == 3


def test_an_upload_reaches_its_handler_at_once(aws: Emulator, recorder: Recorder) -> None:
    delays = []
    for number in range(15):
        put(aws, f"original/latency-{number}")
        done = time.time()
        (line,) = recorder.wait_for(lambda line, key=f"original/latency-{number}": key_of(line) == key)
        delays.append(line["at"] - done)
    assert statistics.median(delays) < 0.5, delays
