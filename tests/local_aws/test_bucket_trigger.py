from __future__ import annotations

import json
import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any

from config.local_aws.emulator import Emulator
from tests.local_aws.conftest import Recorder

Start = Callable[[list[dict[str, Any]]], Recorder]


def bucket_event(aws: Emulator, **source: str) -> dict[str, Any]:
    return {
        "event_source": {
            "arn": aws.outputs["OriginalsBucketArn"],
            "events": ["s3:ObjectCreated:*"],
            "prefix": "original/",
            **source,
        }
    }


def put(aws: Emulator, key: str) -> str:
    answer = aws.root_client("s3").put_object(Bucket=aws.outputs["OriginalsBucket"], Key=key, Body=b"light")
    version: str = answer["VersionId"]
    return version


def object_of(line: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = line["event"]["Records"][0]["s3"]["object"]
    return found


def test_an_object_elsewhere_in_the_bucket_invokes_nothing(aws: Emulator, record: Start) -> None:
    recorder = record([bucket_event(aws)])
    put(aws, "elsewhere/1")
    last = f"original/{uuid.uuid4()}"
    put(aws, last)
    recorder.wait_for(lambda line: object_of(line)["key"] == last)
    assert [object_of(line)["key"] for line in recorder.seen()] == [last]


def test_the_handler_gets_the_event_that_s3_sends(aws: Emulator, record: Start) -> None:
    recorder = record([bucket_event(aws)])
    version = put(aws, "original/Größe +1.jpg")
    (line,) = recorder.wait_for(lambda line: object_of(line)["versionId"] == version)
    (entry,) = line["event"]["Records"]
    assert entry["eventSource"] == "aws:s3"
    assert entry["eventName"] == "ObjectCreated:Put"
    assert entry["s3"]["bucket"]["arn"] == aws.outputs["OriginalsBucketArn"]
    assert entry["s3"]["object"]["key"] == "original/Gr%C3%B6%C3%9Fe+%2B1.jpg"
    assert entry["s3"]["object"]["size"] == 5


def test_the_context_is_that_of_the_pipeline_function(aws: Emulator, record: Start) -> None:
    recorder = record([bucket_event(aws)])
    put(aws, "original/context")
    (line,) = recorder.wait_for(lambda line: object_of(line)["key"] == "original/context")
    assert line["function"] == "darkroom-local-pipeline"
    assert line["arn"] == "arn:aws:lambda:us-east-1:000000000000:function:darkroom-local-pipeline"
    assert line["memory"] == 3008
    assert 119_000 < line["remaining"] <= 120_000


def test_a_failing_handler_is_tried_three_times_and_then_buried(aws: Emulator, record: Start) -> None:
    recorder = record([bucket_event(aws)])
    recorder.behave(**{"raise": "no film in the camera"})
    version = put(aws, "original/poison")
    attempts = recorder.wait_for(lambda line: object_of(line)["versionId"] == version, count=3)
    assert len({line["request_id"] for line in attempts}) == 1, "a retry is the same request"

    letter = dead_letter(aws, attempts[0]["request_id"])
    assert json.loads(letter["Body"]) == attempts[0]["event"]
    attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    assert attributes == {
        "RequestID": attempts[0]["request_id"],
        "ErrorCode": "200",
        "ErrorMessage": "no film in the camera",
    }
    assert len(recorder.seen()) == 3


def dead_letter(aws: Emulator, request_id: str) -> dict[str, Any]:
    sqs = aws.root_client("sqs")
    for _ in range(10):
        answer = sqs.receive_message(
            QueueUrl=aws.outputs["DeadLettersUrl"],
            WaitTimeSeconds=1,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
        )
        for message in answer.get("Messages", []):
            if message["MessageAttributes"]["RequestID"]["StringValue"] == request_id:
                found: dict[str, Any] = message
                return found
    raise AssertionError("nothing was buried")


def test_an_upload_reaches_its_handler_at_once(aws: Emulator, record: Start) -> None:
    recorder = record([bucket_event(aws)])
    put(aws, "original/warm-up")
    recorder.wait_for(lambda line: object_of(line)["key"] == "original/warm-up")
    delays = []
    for number in range(15):
        put(aws, f"original/latency-{number}")
        done = time.time()
        (line,) = recorder.wait_for(lambda line, key=f"original/latency-{number}": object_of(line)["key"] == key)
        delays.append(line["at"] - done)
    assert statistics.median(delays) < 0.1, delays
