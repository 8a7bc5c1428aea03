"""Both stages, deployed by `make deploy`'s own command onto the embedded AWS: the way of an image through them, and
from one release to the next. The tests follow each other as a stage's days do."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jwt
import pytest
import requests

from config.aws import after_deploy, deployment
from config.local_aws.emulator import Emulator
from media_pipeline.record.models import adopted_image_id
from tests.deployment.deployed import Deployed, eventually
from tests.support.aws import free_port
from tests.support.pictures import make_jpeg
from tests.support.waiting import HANGS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployed")]  # they follow each other
PIPELINE = "darkroom-local-pipeline"
SWEEP = {
    "detail-type": "Scheduled Event",
    "resources": [f"arn:aws:events:us-east-1:000000000000:rule/{PIPELINE}-media_pipeline.handlers.sweep"],
}


class EmulatorOfFunctions(Emulator):
    """Its functions inherit its environment: they find Rekognition there, and nothing that these tests are run with."""

    def _settings(self) -> dict[str, str]:
        rekognition = os.environ["AWS_ENDPOINT_URL_REKOGNITION"]
        return {
            **super()._settings(),
            "AWS_ENDPOINT_URL_REKOGNITION": rekognition,
            "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.2",
            "DATABASE_URL": "",
            **{name: "" for name in os.environ if name.startswith("DARKROOM_") and name != "DARKROOM_LOCAL_DIR"},
        }


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    directory = tmp_path_factory.mktemp("deployed")
    with without_settings():
        emulator = EmulatorOfFunctions(directory / "aws", free_port())
        emulator.start()
    try:
        emulator.provision()
        emulator.root_client("ssm").put_parameter(
            Name="/darkroom/local/DATABASE_URL", Value=f"sqlite:///{directory}/db.sqlite3", Type="SecureString"
        )
        stage = Deployed(emulator, directory)
        done = stage.manage("deploy", "--stage", "local", "--yes")
        assert done.returncode == 0, done.stdout + done.stderr
        yield stage
    finally:
        emulator.stop()


@contextmanager
def without_settings() -> Iterator[None]:
    """What a function lacks must be missing, not be found in the environment of the tests."""
    names = [name for name in os.environ if name.startswith("DARKROOM_") or name == "DATABASE_URL"]
    kept = {name: os.environ.pop(name) for name in names}
    try:
        yield
    finally:
        os.environ.update(kept)


def headers(deployed: Deployed, owner: str = "alice") -> dict[str, str]:
    """A token as the API's own; the secret key is the one that the deploy made."""
    stored = deployed.client("ssm").get_parameter(Name="/darkroom/local/DARKROOM_SECRET_KEY", WithDecryption=True)
    key = stored["Parameter"]["Value"]
    claims = {"token_type": "access", "user_id": owner, "roles": [], "exp": 4102444800, "iat": 1, "jti": "t"}
    return {"Authorization": f"Bearer {jwt.encode(claims, key, algorithm='HS256')}"}


def announce(deployed: Deployed, photo: bytes, **said: Any) -> tuple[str, dict[str, Any]]:
    body = {"filename": "dawn.jpg", "content_type": "image/jpeg", "bytes": len(photo), **said}
    answer = deployed.call("POST", "/api/v1/uploads", json=body, headers=headers(deployed))
    assert answer.status_code == 201, answer.text
    return answer.json()["image_id"], answer.json()["upload"]


def send(form: dict[str, Any], photo: bytes) -> None:
    requests.post(form["url"], data=form["fields"], files={"file": photo}, timeout=HANGS).raise_for_status()


def image(deployed: Deployed, image_id: str) -> dict[str, Any]:
    found: dict[str, Any] = deployed.call("GET", f"/api/v1/images/{image_id}", headers=headers(deployed)).json()
    return found


def settled(deployed: Deployed, image_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found = image(deployed, image_id)
        return found if found.get("status") not in {"uploading", "processing"} else None

    return eventually(look) or image(deployed, image_id)


def state(deployed: Deployed) -> dict[str, Any]:
    """Everything that a deploy makes, without what is new each time by its nature."""
    lambda_, events = deployed.client("lambda"), deployed.client("events")
    found: dict[str, Any] = {}
    for name in (PIPELINE, "darkroom-local-web"):
        configuration = lambda_.get_function_configuration(FunctionName=name)
        for volatile in ("ResponseMetadata", "RevisionId", "LastModified", "Version"):
            configuration.pop(volatile, None)
        found[name] = configuration
        found[f"{name} policy"] = sorted(
            json.dumps([statement["Principal"], after_deploy.source_arn(statement.get("Condition", {}))])
            for statement in after_deploy.policy(lambda_, name)
        )
    mappings = lambda_.list_event_source_mappings(FunctionName=PIPELINE)["EventSourceMappings"]
    for mapping in mappings:
        for volatile in ("LastModified", "StateTransitionReason", "LastProcessingResult"):
            mapping.pop(volatile, None)
    found["mappings"] = sorted(mappings, key=lambda mapping: mapping["EventSourceArn"])
    bucket = deployed.aws.outputs["OriginalsBucket"]
    notification = deployed.client("s3").get_bucket_notification_configuration(Bucket=bucket)
    found["notification"] = notification["LambdaFunctionConfigurations"]
    found["rules"] = sorted((rule["Name"], rule["ScheduleExpression"]) for rule in events.list_rules()["Rules"])
    api = deployed.api.split("/")[4]
    found["throttling"] = deployed.client("apigateway").get_stage(restApiId=api, stageName="web").get("methodSettings")
    return found


def test_an_upload_goes_through_api_bucket_pipeline_and_search(deployed: Deployed) -> None:
    photo = make_jpeg(800, 600, seed=71, make="Canon", model="EOS 40D")
    image_id, form = announce(deployed, photo, tags=["dawn"])
    send(form, photo)
    found = settled(deployed, image_id)
    assert found["status"] == "ready", found
    assert {rendition["name"] for rendition in found["renditions"]} >= {"small", "medium", "large", "jpeg", "webp"}
    assert found["metadata"]["camera_model"] == "EOS 40D"
    page = deployed.call("GET", "/api/v1/images", headers=headers(deployed)).json()
    assert [result["image_id"] for result in page["results"]] == [image_id]


def test_anybody_may_ask_for_health_and_nobody_for_images(deployed: Deployed) -> None:
    answer = deployed.call("GET", "/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert deployed.call("GET", "/api/v1/images").status_code == 401


def test_what_zappa_cannot_express_is_set(deployed: Deployed) -> None:
    now = state(deployed)
    for mapping in now["mappings"]:
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    queue = next(mapping for mapping in now["mappings"] if ":sqs:" in mapping["EventSourceArn"])
    assert queue["ScalingConfig"] == {"MaximumConcurrency": after_deploy.PIPELINES_AT_ONCE}
    stream = next(mapping for mapping in now["mappings"] if ":dynamodb:" in mapping["EventSourceArn"])
    assert stream["StartingPosition"] == "TRIM_HORIZON"
    assert stream["BisectBatchOnFunctionError"] is True
    assert stream["FilterCriteria"]["Filters"]
    assert stream["DestinationConfig"]["OnFailure"]["Destination"] == deployed.aws.outputs["DeadLettersArn"]
    assert now[PIPELINE]["DeadLetterConfig"] == {"TargetArn": deployed.aws.outputs["DeadLettersArn"]}
    assert now[PIPELINE]["TracingConfig"] == {"Mode": "Active"}
    (notification,) = now["notification"]
    assert notification["Filter"]["Key"]["FilterRules"] == [{"Name": "prefix", "Value": "original/"}]
    (settings,) = now["throttling"].values()
    assert (settings["throttlingBurstLimit"], settings["throttlingRateLimit"]) == (100, 50)


def test_what_always_fails_becomes_a_dead_letter_and_comes_back(deployed: Deployed) -> None:
    """The table refuses the pipeline for a while: three attempts, the dead letters, repair, redrive, ready."""
    iam, sqs = deployed.client("iam"), deployed.client("sqs")
    refusal = {"Effect": "Deny", "Action": "dynamodb:*", "Resource": deployed.aws.outputs["MediaTableArn"]}
    document = json.dumps({"Version": "2012-10-17", "Statement": [refusal]})
    iam.put_role_policy(RoleName=PIPELINE, PolicyName="broken", PolicyDocument=document)
    photo = make_jpeg(seed=72)

    def waiting() -> int:
        answer = sqs.get_queue_attributes(
            QueueUrl=deployed.aws.outputs["DeadLettersUrl"], AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    try:
        image_id, form = announce(deployed, photo)
        send(form, photo)
        assert eventually(waiting) == 1
    finally:
        iam.delete_role_policy(RoleName=PIPELINE, PolicyName="broken")
    assert image(deployed, image_id)["status"] == "uploading"
    failed, said = deployed.invoke("pipeline", {"manage": "redrive"})
    assert not failed, said
    assert settled(deployed, image_id)["status"] == "ready"
    assert waiting() == 0


@pytest.fixture(scope="module")
def unannounced(deployed: Deployed) -> str:
    """The id of an image that S3 told nobody of: Zappa takes the bucket's notification away and puts it back."""
    s3, bucket = deployed.client("s3"), deployed.aws.outputs["OriginalsBucket"]
    notification = s3.get_bucket_notification_configuration(Bucket=bucket)
    notification.pop("ResponseMetadata")
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    photo = make_jpeg(seed=73)
    image_id, form = announce(deployed, photo)
    send(form, photo)
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=notification)
    assert image(deployed, image_id)["status"] == "uploading"  # and stays so: the sweep gives S3 two minutes to tell
    return image_id


@pytest.mark.usefixtures("unannounced")  # the two minutes pass meanwhile
def test_an_update_changes_nothing_that_is_as_it_should_be(deployed: Deployed) -> None:
    before = state(deployed)
    for _ in range(2):
        done = deployed.manage("deploy", "--stage", "local", "--yes")
        assert done.returncode == 0, done.stdout + done.stderr
    assert state(deployed) == before


def test_an_upload_while_events_are_registered_anew_is_found(deployed: Deployed, unannounced: str) -> None:
    def swept() -> bool:
        failed, said = deployed.invoke("pipeline", SWEEP)
        assert not failed, said
        return image(deployed, unannounced)["status"] == "ready"

    assert eventually(swept)


def test_objects_of_another_bucket_are_imported_once(deployed: Deployed) -> None:
    """What S3 Batch Operations does for each line of a manifest, with the bucket that the stack's parameter names."""
    s3 = deployed.client("s3")
    s3.create_bucket(Bucket="holidays")
    s3.put_object(Bucket="holidays", Key="2019/Süd see.jpg", Body=make_jpeg(seed=74), ContentType="image/jpeg")
    done = deployed.manage("provision", "--stage", "local", "--yes", "--parameter", "BackfillBucket=holidays")
    assert done.returncode == 0, done.stderr
    event = {
        "invocationSchemaVersion": "2.0",
        "invocationId": "i",
        "job": {"id": "j", "userArguments": {"owner": "alice"}},
        "tasks": [
            {"taskId": "t", "s3Bucket": "holidays", "s3Key": "2019/S%C3%BCd+see.jpg", "s3VersionId": None},
            {"taskId": "u", "s3Bucket": "holidays", "s3Key": "nowhere.jpg", "s3VersionId": None},
        ],
    }
    for _ in range(2):
        failed, answer = deployed.invoke("pipeline", event)
        assert not failed, answer
        assert [result["resultCode"] for result in answer["results"]] == ["Succeeded", "PermanentFailure"]
        assert "BackfillBucket" in answer["results"][1]["resultString"]
    found = settled(deployed, answer["results"][0]["resultString"])
    assert (found["status"], found["filename"]) == ("ready", "Süd see.jpg")
    stored_at = s3.head_object(Bucket="holidays", Key="2019/Süd see.jpg")["LastModified"]
    assert found["image_id"] == adopted_image_id("holidays", "2019/Süd see.jpg", "null", stored_at)


def test_a_second_deploy_at_the_same_time_is_refused(deployed: Deployed) -> None:
    s3, bucket = deployed.client("s3"), deployed.aws.outputs["CodeBucket"]
    s3.put_object(Bucket=bucket, Key=deployment.LOCK, Body=b"alice, 1 April 09:30 UTC")
    done = deployed.manage("deploy", "--stage", "local", "--yes")
    s3.delete_object(Bucket=bucket, Key=deployment.LOCK)
    assert done.returncode != 0
    assert "Another deploy is running (alice, 1 April 09:30 UTC)" in done.stderr
    assert f"aws s3 rm s3://{bucket}/{deployment.LOCK}" in done.stderr


def test_what_is_undeployed_keeps_its_data_and_comes_back(deployed: Deployed) -> None:
    page = deployed.call("GET", "/api/v1/images", headers=headers(deployed)).json()["results"]
    done = deployed.manage("undeploy", "--stage", "local", "--yes")
    assert done.returncode == 0, done.stderr
    assert deployed.client("lambda").list_functions()["Functions"] == []
    bucket = deployed.aws.outputs["OriginalsBucket"]
    notification = deployed.client("s3").get_bucket_notification_configuration(Bucket=bucket)
    assert not notification.get("LambdaFunctionConfigurations")
    done = deployed.manage("deploy", "--stage", "local", "--yes")
    assert done.returncode == 0, done.stderr
    again = deployed.call("GET", "/api/v1/images", headers=headers(deployed)).json()["results"]
    assert [found["image_id"] for found in again] == [found["image_id"] for found in page]
