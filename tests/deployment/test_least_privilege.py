"""No statement of a role is idle: without any one of them, something that people do fails.

The statements are those of the template as the embedded AWS holds them, so that a new one needs a use here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

import pytest
import requests

from config.local_aws.emulator import Emulator, Role
from media_pipeline.access.readers import Reader
from media_pipeline.aws import clients, notifications, retry_queue, task_queue
from media_pipeline.images import erasure
from media_pipeline.intake import uploading
from media_pipeline.intake.uploading import Announcement
from media_pipeline.pipeline import run
from media_pipeline.record import unfinished
from media_pipeline.record.models import Image, Status, new_image_id
from media_pipeline.storage import signing
from media_pipeline.storage.signing import Purpose
from tests.support.aws import as_role
from tests.support.pictures import make_jpeg
from tests.support.uploads import announced, processed, reread, stored, uploaded
from tests.support.waiting import HANGS

JUDGED = {"s3", "dynamodb", "sqs", "sns"}  # the emulator judges no KMS, X-Ray, logs or Rekognition
ALICE = Reader("alice")
Use = Callable[[Emulator], object]


# What the web does.


def announce_and_upload(aws: Emulator) -> None:
    photo = make_jpeg(200, 150)
    said = Announcement(filename="a.jpg", content_type="image/jpeg", bytes=len(photo))
    _, form = uploading.start_upload(ALICE, said)
    requests.post(form.url, data=form.fields, files={"file": photo}, timeout=HANGS).raise_for_status()


def open_a_rendition(aws: Emulator) -> None:
    open_signed(ready_photo(), "small")


def download_the_original(aws: Emulator) -> None:
    open_signed(ready_photo(), signing.ORIGINAL)


def ask_for_work(aws: Emulator) -> None:
    retry_queue.send(new_image_id(), delay=900)


def look_through_dead_letters(aws: Emulator) -> None:
    sqs, url = clients.client("sqs"), aws.outputs["DeadLettersUrl"]
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)


def count_what_waits(aws: Emulator) -> None:
    unfinished.queue_depths()


WEB: list[Use] = [
    ask_for_work,
    count_what_waits,
    look_through_dead_letters,
    open_a_rendition,
    download_the_original,
    announce_and_upload,
]

# What the pipeline does.


def process(aws: Emulator) -> None:
    record, version = uploaded(make_jpeg(200, 150))
    run.process_object(version)
    assert reread(record).status is Status.READY


def resume_what_nobody_announced_in_time(aws: Emulator) -> None:
    record, _ = uploaded(make_jpeg(200, 150))
    run.resume(record.image_id)


def erase(aws: Emulator) -> None:
    record = announced()
    stored(make_jpeg(200, 150), record.object_key)
    erasure.erase(record)


def alert(aws: Emulator) -> None:
    notifications.publish(aws.outputs["FlaggedTopicArn"], "An image is flagged", "{}")


def follow_the_stream(aws: Emulator) -> None:
    """As Lambda does with the function's role."""
    streams = clients.client("dynamodbstreams")
    arn = aws.outputs["MediaTableStreamArn"]
    shards = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shards[0]["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    streams.get_records(ShardIterator=iterator, Limit=1)


def put_a_task_off(aws: Emulator) -> None:
    task_queue.send("nothing", {})
    sqs, url = clients.client("sqs"), aws.outputs["TasksQueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2)["Messages"]
    task_queue.put_off(message["ReceiptHandle"], 1)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


PIPELINE: list[Use] = [
    ask_for_work,
    put_a_task_off,
    alert,
    follow_the_stream,
    erase,
    resume_what_nobody_announced_in_time,
    process,
]


_ready: list[Image] = []


def ready_photo() -> Image:
    if not _ready:
        with as_role("pipeline"):
            _ready.append(processed(make_jpeg(200, 150), owner="alice"))
    return _ready[0]


def open_signed(record: Image, name: str) -> None:
    address = signing.sign(record, ALICE, Purpose.VIEW if name != signing.ORIGINAL else Purpose.DOWNLOAD, name)
    assert address
    with urlopen(address, timeout=HANGS) as answer:
        assert answer.read()


def judged(statement: dict[str, Any]) -> bool:
    actions = statement["Action"]
    return {action.partition(":")[0] for action in ([actions] if isinstance(actions, str) else actions)} <= JUDGED


@contextmanager
def without(aws: Emulator, role: Role, sid: str) -> Iterator[None]:
    iam, name = aws.root_client("iam"), f"darkroom-local-{role}"
    whole = iam.get_role_policy(RoleName=name, PolicyName=role)["PolicyDocument"]
    rest = {**whole, "Statement": [statement for statement in whole["Statement"] if statement["Sid"] != sid]}
    iam.put_role_policy(RoleName=name, PolicyName=role, PolicyDocument=json.dumps(rest))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=name, PolicyName=role, PolicyDocument=json.dumps(whole))


def refused(use: Use, aws: Emulator, role: Role) -> bool:
    with as_role(role):
        try:
            use(aws)
        except Exception as error:  # noqa: BLE001 - whatever a use case makes of a refusal, it must show
            return error is not None
    return False


@pytest.mark.parametrize(("role", "uses"), [("web", WEB), ("pipeline", PIPELINE)])
def test_every_use_works_and_no_statement_is_idle(aws: Emulator, role: Role, uses: list[Use]) -> None:
    ready_photo()
    assert [use.__name__ for use in uses if refused(use, aws, role)] == []
    policy = aws.root_client("iam").get_role_policy(RoleName=f"darkroom-local-{role}", PolicyName=role)
    sids = [statement["Sid"] for statement in policy["PolicyDocument"]["Statement"] if judged(statement)]
    assert len(sids) >= 5
    idle = []
    for sid in sids:
        with without(aws, role, sid):
            if not any(refused(use, aws, role) for use in uses):
                idle.append(sid)
    assert idle == []
