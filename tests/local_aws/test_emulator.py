from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local_aws import ports
from config.local_aws.emulator import Emulator
from media_pipeline.errors import ConfigurationError
from tests.support.aws import free_port
from tests.support.waiting import eventually

RECORD = {"image_id": {"S": "kept"}, "part": {"S": "image"}}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Emulator]:
    """An emulator that a test may ruin."""
    emulator = Emulator(tmp_path / "aws", free_port())
    emulator.start()
    emulator.provision()
    yield emulator
    emulator.stop()


def test_a_taken_port_is_named(aws: Emulator, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"port {aws.port}"):
        Emulator(tmp_path, aws.port).start()


def test_provisioning_again_changes_nothing(aws: Emulator) -> None:
    cloudformation = aws.root_client("cloudformation")
    events = len(cloudformation.describe_stack_events(StackName="darkroom-local")["StackEvents"])
    outputs, files = aws.outputs, (aws.directory / "credentials").read_text()
    aws.provision()
    assert aws.outputs == outputs
    assert (aws.directory / "credentials").read_text() == files
    assert len(cloudformation.describe_stack_events(StackName="darkroom-local")["StackEvents"]) == events


def test_the_keys_can_be_read_by_nobody_else(aws: Emulator) -> None:
    assert stat.S_IMODE((aws.directory / "credentials").stat().st_mode) == 0o600


def test_a_shell_can_become_either_function(aws: Emulator) -> None:
    ask = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    script = f'set -a; . {aws.directory}/web.env; exec {sys.executable} -c "{ask}"'
    said = subprocess.run(  # noqa: S603 - our own script
        ["/bin/sh", "-c", script], env={"PATH": os.defpath}, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "arn:aws:sts::000000000000:assumed-role/darkroom-local-web/web"


def test_everything_is_there_after_a_crash(own: Emulator) -> None:
    """A `kill -9` after a checkpoint loses nothing: no item, no version of an object, no message, no key."""
    bucket, table, queue = own.outputs["OriginalsBucket"], own.outputs["MediaTable"], own.outputs["RetryQueueUrl"]
    own.root_client("dynamodb").put_item(TableName=table, Item=RECORD)
    put = own.root_client("s3").put_object(Bucket=bucket, Key="original/kept", Body=b"light", Metadata={"owner": "me"})
    own.root_client("sqs").send_message(QueueUrl=queue, MessageBody="kept")
    state = own.directory / "state"
    files = [state / f"{service}.json" for service in ("dynamodb", "sqs")]
    assert eventually(lambda: all(file.exists() and "kept" in file.read_text() for file in files))
    credentials = (own.directory / "credentials").read_text()

    own.kill()
    assert eventually(lambda: ports.is_free(own.port))  # a checkpoint under way ends by itself
    own.start()
    own.provision()

    assert own.root_client("dynamodb").get_item(TableName=table, Key=RECORD)["Item"] == RECORD
    kept = own.root_client("s3").get_object(Bucket=bucket, Key="original/kept", VersionId=put["VersionId"])
    assert (kept["Body"].read(), kept["Metadata"]) == (b"light", {"owner": "me"})
    assert own.root_client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "kept"
    assert (own.directory / "credentials").read_text() == credentials


def test_everything_is_there_after_a_stop(own: Emulator) -> None:
    own.root_client("dynamodb").put_item(TableName=own.outputs["MediaTable"], Item=RECORD)
    own.stop()
    own.start()
    found = own.root_client("dynamodb").get_item(TableName=own.outputs["MediaTable"], Key=RECORD)
    assert found["Item"] == RECORD
