"""The packages, unpacked and run by AWS's own runtime client, without anything else of this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from rest_framework_simplejwt.tokens import AccessToken

from config.local_aws.emulator import Emulator
from media_pipeline.record.models import Image, Status
from tests.deployment import lambda_events
from tests.deployment.packages import Packages
from tests.deployment.runtime_api import RuntimeApi, role_environment
from tests.support.pictures import make_jpeg
from tests.support.uploads import reread, uploaded
from tests.support.waiting import HANGS

pytestmark = pytest.mark.usefixtures("aws")


def bearer(owner: str) -> str:
    token = AccessToken()
    token["user_id"] = owner
    return f"Bearer {token}"


def json_body(answer: dict[str, Any]) -> Any:
    body = answer["body"]
    return json.loads(base64.b64decode(body) if answer.get("isBase64Encoded") else body)


# What must not happen.


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"hello": "world"},
        {"raw_command": "print(1)"},
        {"Records": []},
        {"Records": [{"eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:somebody-elses"}]},
        {"source": "aws.s3", "detail-type": "Object Created", "detail": {}},
        {"detail-type": "Scheduled Event", "resources": ["arn:aws:events:us-east-1:000000000000:rule/elsewhere"]},
    ],
)
def test_an_event_that_nobody_takes_is_an_error_not_a_success(pipeline: RuntimeApi, event: dict[str, Any]) -> None:
    answer = pipeline.invoke(event)
    assert answer.failed
    assert answer.value["errorType"] == "UnclaimedEventError"


def test_the_web_takes_no_objects_and_no_batches(web: RuntimeApi) -> None:
    for event in (
        lambda_events.object_created("original/x", "v"),
        lambda_events.batch_task(lambda_events.BUCKET, "a", None),
    ):
        assert web.invoke(event).value["errorType"] == "UnclaimedEventError"


@pytest.mark.parametrize("message", ['{"command": "os.abort"}', '["not", "an object"]', "no JSON"])
def test_no_message_of_a_topic_is_run_as_a_command(pipeline: RuntimeApi, message: str) -> None:
    answer = pipeline.invoke(lambda_events.notification(message))
    assert answer.value["errorType"] == "UnclaimedEventError"


def test_a_typeerror_in_a_handler_surfaces_after_one_call(pipeline: RuntimeApi) -> None:
    """Zappa would call `json.dumps` three times, with less each time, and hide what was wrong."""
    answer = pipeline.invoke({"command": "json.dumps"})
    assert answer.value["errorType"] == "TypeError"
    assert "positional argument" in answer.value["errorMessage"]


def test_a_record_without_its_keys_is_an_error(pipeline: RuntimeApi) -> None:
    broken = lambda_events.object_created("original/x", "v")
    del broken["Records"][0]["s3"]["object"]
    assert pipeline.invoke(broken).value["errorType"] == "MalformedEventError"


def test_an_object_outside_the_originals_is_left_alone(pipeline: RuntimeApi) -> None:
    assert not pipeline.invoke(lambda_events.object_created("elsewhere/x", "v")).failed


# What must.


def test_s3_asks_whether_we_are_there(pipeline: RuntimeApi) -> None:
    answer = pipeline.invoke({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": lambda_events.BUCKET})
    assert not answer.failed


def test_a_request_is_answered(web: RuntimeApi) -> None:
    answer = web.invoke(lambda_events.request("GET", "/healthz")).value
    assert (answer["statusCode"], json_body(answer)) == (200, {"status": "ok"})


def test_each_cookie_is_set_once(web: RuntimeApi) -> None:
    page = web.invoke(lambda_events.request("GET", "/signin")).value
    assert [name for name in page["headers"] if name.lower() == "set-cookie"] == []
    (cookie,) = page["multiValueHeaders"]["Set-Cookie"]
    assert cookie.startswith("csrftoken=")


def test_nobody_escapes_their_limits_by_forging_an_address(web: RuntimeApi) -> None:
    """Zappa takes the last but one of X-Forwarded-For for the client's, which behind API Gateway the client writes."""
    left = []
    for number in range(8):
        sent = lambda_events.request(
            "POST",
            "/api/v1/auth/token/refresh",
            b'{"refresh": "none"}',
            content_type="application/json",
            x_forwarded_for=f"203.0.113.{number}, 192.0.2.1",
        )
        answer = web.invoke(sent).value
        assert answer["statusCode"] == 401, answer
        left.append(int(answer["headers"]["RateLimit"].partition("r=")[2].partition(";")[0]))
    assert min(left) < 29  # of 30; for eight addresses 29 would be left each time


def test_a_file_sent_through_the_api_arrives_bit_by_bit(aws: Emulator, web: RuntimeApi) -> None:
    photo = make_jpeg(seed=61)
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    answer = web.invoke(
        lambda_events.request(
            "POST",
            "/api/v1/images",
            form + photo + b"\r\n--b--\r\n",
            content_type="multipart/form-data; boundary=b",
            authorization=bearer("ric"),
        )
    ).value
    assert answer["statusCode"] == 202, answer
    record = Image.load(json_body(answer)["image_id"])
    assert record is not None
    key = record.object_key
    stored = aws.root_client("s3").get_object(Bucket=aws.outputs["OriginalsBucket"], Key=key)["Body"].read()
    assert hashlib.sha256(stored).digest() == hashlib.sha256(photo).digest()


def test_an_upload_becomes_an_image(pipeline: RuntimeApi) -> None:
    record, version = uploaded(make_jpeg(seed=62))
    answer = pipeline.invoke(lambda_events.object_created(version.key, version.version_id))
    assert not answer.failed, answer.value
    assert reread(record).status is Status.READY


def test_of_a_batch_only_the_broken_message_comes_back(pipeline: RuntimeApi) -> None:
    record, _ = uploaded(make_jpeg(seed=63))
    answer = pipeline.invoke(lambda_events.messages({"image_id": record.image_id}, {"no": "image"}))
    assert answer.value == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert reread(record).status is Status.READY


def test_the_schedule_sweeps(pipeline: RuntimeApi) -> None:
    answer = pipeline.invoke(lambda_events.schedule("media_pipeline.handlers.sweep"))
    assert not answer.failed, answer.value
    assert isinstance(answer.value, dict)


def test_a_management_command_runs(web: RuntimeApi, pipeline: RuntimeApi) -> None:
    for function in (web, pipeline):
        assert function.invoke({"manage": "check"}).value == {}


def test_log_lines_carry_the_trace(pipeline: RuntimeApi) -> None:
    record, version = uploaded(b"no image")
    pipeline.invoke(lambda_events.object_created(version.key, version.version_id))
    (line,) = [line for line in pipeline.log.read_text().splitlines() if record.image_id in line and "failed" in line]
    assert json.loads(line)["xray_trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"


def test_nothing_was_written_where_lambda_lets_nobody_write(
    web: RuntimeApi, pipeline: RuntimeApi, unpacked: Packages, package: Packages
) -> None:
    for stage, function in (("web", web), ("pipeline", pipeline)):
        function.invoke({})  # it is up
        here = {str(path.relative_to(unpacked(stage))) for path in unpacked(stage).rglob("*") if path.is_file()}
        assert here == {name for name in zipfile.ZipFile(package(stage)).namelist() if not name.endswith("/")}


def test_django_is_built_before_the_first_event(
    aws: Emulator, unpacked: Packages, client: Path, tmp_path: Path
) -> None:
    environment = role_environment(aws, "web")
    with RuntimeApi(unpacked("web"), client=client, environment=environment, log=tmp_path / "log", stage="web") as web:
        assert web.ready.wait(HANGS)
        building = web.cpu_seconds()
        web.invoke(lambda_events.request("GET", "/healthz"))
        assert web.cpu_seconds() - building < building / 3
