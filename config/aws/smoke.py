"""What only a real account can show, asked of one: each check has a line in docs/unverified.md."""

from __future__ import annotations

import io
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from PIL import Image

from config.aws.deployment import Deployment, client
from media_pipeline.errors import ConfigurationError

PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Finding:
    """`holds` is None where the stage has nothing to check."""

    name: str
    holds: bool | None
    detail: str = ""


def findings(stage: Deployment) -> Iterator[Finding]:
    """Every check in turn; one that breaks does not keep the others from being made."""
    checks: list[Callable[[Deployment], Finding]] = [
        the_api_answers,
        an_object_becomes_an_image,
        objects_are_encrypted_with_the_key,
        alarms_reach_their_topic,
        static_files_come_from_cloudfront,
        media_links_need_a_signature,
        originals_admit_no_plain_http,
    ]
    for check in checks:
        name = check.__name__.replace("_", " ")
        try:
            yield check(stage)
        except (BotoCoreError, ClientError, ConfigurationError, OSError) as error:
            yield Finding(name, False, str(error))


def the_api_answers(stage: Deployment) -> Finding:
    status, body = fetch(stage.api_url() + "healthz")
    return Finding("the api answers", status == 200, f"{status} {body[:60]!r}")


def an_object_becomes_an_image(stage: Deployment) -> Finding:
    """S3's notification, the key's permissions of the pipeline, DynamoDB and Rekognition, in one go; and undone."""
    s3, dynamodb = client("s3"), client("dynamodb")
    bucket, table, key = stage.outputs["OriginalsBucket"], stage.outputs["MediaTable"], "original/smoke-test"
    put = s3.put_object(Bucket=bucket, Key=key, Body=picture(), ContentType="image/jpeg")
    try:
        stored_at = s3.head_object(Bucket=bucket, Key=key, VersionId=put["VersionId"])["LastModified"]
        record = wait_for_record(dynamodb, table, adopted_id(bucket, key, put["VersionId"], stored_at))
    finally:
        s3.delete_object(Bucket=bucket, Key=key, VersionId=put["VersionId"])
    states = {name: stage_["M"]["state"]["S"] for name, stage_ in record.get("stages", {}).get("M", {}).items()}
    return Finding("an object becomes an image", set(states.values()) == {"done"}, f"{states}")


def picture() -> bytes:
    """A grey gradient, large enough for Rekognition."""
    file = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(file, "JPEG")
    return file.getvalue()


def adopted_id(bucket: str, key: str, version_id: str, stored_at: Any) -> str:
    from media_pipeline.record.models import adopted_image_id  # noqa: PLC0415 - reads the tables' names from the environment

    return adopted_image_id(bucket, key, version_id, stored_at)


def wait_for_record(dynamodb: Any, table: str, image_id: str) -> dict[str, Any]:
    """The record as soon as no work is left on it, or as it is when patience ends; it is deleted afterwards."""
    key = {"image_id": {"S": image_id}, "part": {"S": "image"}}
    deadline = time.monotonic() + PATIENCE
    record: dict[str, Any] = {}
    while time.monotonic() < deadline:
        record = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
        if record and "unfinished" not in record:
            break
        time.sleep(1)
    dynamodb.delete_item(TableName=table, Key=key)
    return record


def objects_are_encrypted_with_the_key(stage: Deployment) -> Finding:
    name = "objects are encrypted with the key"
    if not (key := stage.outputs.get("KeyArn")):
        return Finding(name, None, "the stage has no key")
    s3, bucket = client("s3"), stage.outputs["RenditionsBucket"]
    put = s3.put_object(Bucket=bucket, Key="smoke-test", Body=b"")
    s3.delete_object(Bucket=bucket, Key="smoke-test")
    return Finding(name, put.get("SSEKMSKeyId") == key, put.get("SSEKMSKeyId", "none"))


def alarms_reach_their_topic(stage: Deployment) -> Finding:
    """CloudWatch must be allowed to use the key of the topic; its history says whether the action succeeded."""
    name = "alarms reach their topic"
    if not stage.outputs.get("KeyArn"):
        return Finding(name, None, "the stage has no key")
    cloudwatch, alarm = client("cloudwatch"), f"darkroom-{stage.stage}-DeadLetters"
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="smoke test, please ignore")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        history = cloudwatch.describe_alarm_history(AlarmName=alarm, HistoryItemType="Action", MaxRecords=1)
        if items := history["AlarmHistoryItems"]:
            summary = items[0]["HistorySummary"]
            return Finding(name, "Successfully" in summary, summary)
        time.sleep(2)
    return Finding(name, False, "no action in the alarm's history")


def static_files_come_from_cloudfront(stage: Deployment) -> Finding:
    name = "static files come from cloudfront"
    if "StaticBucket" not in stage.outputs:
        return Finding(name, None, "the stage has no distribution")
    status, _ = fetch(stage.outputs["StaticUrl"] + "admin/css/base.css")
    return Finding(name, status == 200, str(status))


def media_links_need_a_signature(stage: Deployment) -> Finding:
    name = "media links need a signature"
    if not (domain := stage.outputs.get("CloudFrontDomain")):
        return Finding(name, None, "the stage has no key pair for media links")
    status, _ = fetch(f"https://{domain}/thumbnails/small/nothing.jpg")
    return Finding(name, status == 403, f"{status} without one")


def originals_admit_no_plain_http(stage: Deployment) -> Finding:
    name = "originals admit no plain http"
    if not stage.outputs.get("KeyArn"):
        return Finding(name, None, "the embedded AWS speaks nothing else")
    bucket, region = stage.outputs["OriginalsBucket"], stage.outputs["Region"]
    link = client("s3").generate_presigned_url("list_objects_v2", Params={"Bucket": bucket, "MaxKeys": 1})
    status, _ = fetch(link.replace("https://", "http://", 1))
    return Finding(name, status == 403, f"{status} in {region}")


def fetch(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - addresses of our own stack
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
