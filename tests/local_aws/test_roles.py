"""The roles of the template, judged by the emulator's IAM: what each may not do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from config.local_aws.emulator import Emulator, Role

Client = Callable[[str], Any]
RECORD = {"image_id": {"S": "roles"}, "part": {"S": "image"}}


def session_of(role: Role) -> Client:
    return boto3.Session(profile_name=role).client


@pytest.fixture
def web(aws: Emulator) -> Client:
    return session_of("web")


@pytest.fixture
def pipeline(aws: Emulator) -> Client:
    return session_of("pipeline")


@pytest.fixture(scope="module", autouse=True)
def things_to_lose(aws: Emulator) -> None:
    s3 = aws.root_client("s3")
    s3.create_bucket(Bucket="somebody-elses")
    s3.put_object(Bucket="somebody-elses", Key="original/1", Body=b"private")
    s3.put_object(Bucket=aws.outputs["OriginalsBucket"], Key="original/roles", Body=b"light")
    s3.put_object(Bucket=aws.outputs["RenditionsBucket"], Key="thumbnails/small/roles.jpg", Body=b"light")
    aws.root_client("dynamodb").put_item(TableName=aws.outputs["MediaTable"], Item=RECORD)


def denied(call: Callable[..., Any], **arguments: Any) -> bool:
    """Whether IAM refuses the call; any other error is the test's own mistake and surfaces."""
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"AccessDenied", "AccessDeniedException", "AuthorizationError"}:
            raise
        return True
    return False


def test_neither_can_scan_or_drop_a_table(aws: Emulator, web: Client, pipeline: Client) -> None:
    for client in (web, pipeline):
        for table in ("MediaTable", "TermsTable", "LimitsTable"):
            assert denied(client("dynamodb").scan, TableName=aws.outputs[table])
            assert denied(client("dynamodb").delete_table, TableName=aws.outputs[table])


def test_neither_can_read_another_bucket(web: Client, pipeline: Client) -> None:
    for client in (web, pipeline):
        assert denied(client("s3").get_object, Bucket="somebody-elses", Key="original/1")


def test_neither_can_open_the_buckets(aws: Emulator, web: Client, pipeline: Client) -> None:
    for client in (web, pipeline):
        assert denied(client("s3").delete_public_access_block, Bucket=aws.outputs["OriginalsBucket"])
        assert denied(client("s3").put_bucket_policy, Bucket=aws.outputs["OriginalsBucket"], Policy="{}")


def test_neither_can_become_the_other_or_make_users(aws: Emulator, web: Client, pipeline: Client) -> None:
    for client in (web, pipeline):
        for role in ("WebRoleArn", "PipelineRoleArn"):
            assert denied(client("sts").assume_role, RoleArn=aws.outputs[role], RoleSessionName="other")
        assert denied(client("iam").create_user, UserName="mallory")


def test_web_cannot_erase_or_publish(aws: Emulator, web: Client) -> None:
    originals, renditions = aws.outputs["OriginalsBucket"], aws.outputs["RenditionsBucket"]
    assert denied(web("s3").delete_object, Bucket=originals, Key="original/roles")
    assert denied(web("s3").put_object, Bucket=originals, Key="elsewhere/roles", Body=b"")
    assert denied(web("s3").put_object, Bucket=renditions, Key="thumbnails/small/roles.jpg", Body=b"")
    assert denied(web("sns").publish, TopicArn=aws.outputs["FlaggedTopicArn"], Message="?")


def test_neither_can_empty_a_queue(aws: Emulator, web: Client, pipeline: Client) -> None:
    for client in (web, pipeline):
        for queue in ("RetryQueueUrl", "TasksQueueUrl", "DeadLettersUrl"):
            assert denied(client("sqs").purge_queue, QueueUrl=aws.outputs[queue])


def test_web_cannot_bury_or_take_the_bucket_events(aws: Emulator, web: Client) -> None:
    assert denied(web("sqs").send_message, QueueUrl=aws.outputs["DeadLettersUrl"], MessageBody="?")
    assert denied(web("sqs").receive_message, QueueUrl=aws.outputs["LocalBucketEventsUrl"])


def test_web_can_do_its_work(aws: Emulator, web: Client) -> None:
    originals = aws.outputs["OriginalsBucket"]
    version = web("s3").put_object(Bucket=originals, Key="original/roles", Body=b"light")["VersionId"]
    assert web("s3").get_object(Bucket=originals, Key="original/roles", VersionId=version)["Body"].read() == b"light"
    key = {"image_id": RECORD["image_id"], "part": RECORD["part"]}
    assert web("dynamodb").get_item(TableName=aws.outputs["MediaTable"], Key=key)["Item"] == RECORD


def test_pipeline_cannot_write_originals_or_raise_alarms(aws: Emulator, pipeline: Client) -> None:
    originals = aws.outputs["OriginalsBucket"]
    assert denied(pipeline("s3").put_object, Bucket=originals, Key="original/roles", Body=b"")
    assert denied(pipeline("sns").publish, TopicArn=aws.outputs["AlarmsTopicArn"], Message="?")


def test_pipeline_can_do_its_work(aws: Emulator, pipeline: Client) -> None:
    s3, originals = pipeline("s3"), aws.outputs["OriginalsBucket"]
    versions = s3.list_object_versions(Bucket=originals, Prefix="original/roles")["Versions"]
    assert s3.get_object(Bucket=originals, Key="original/roles", VersionId=versions[0]["VersionId"])["Body"].read()
    s3.put_object(Bucket=aws.outputs["RenditionsBucket"], Key="optimized/jpeg/roles.jpg", Body=b"light")
    pipeline("sns").publish(TopicArn=aws.outputs["FlaggedTopicArn"], Message="flagged")
    stream = pipeline("dynamodbstreams").describe_stream(StreamArn=aws.outputs["MediaTableStreamArn"])
    assert stream["StreamDescription"]["StreamStatus"] == "ENABLED"
