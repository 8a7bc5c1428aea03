"""The one client factory, asserted without a network: signatures, hosts, addressing, and which errors time heals."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from media_pipeline.aws import clients as aws
from media_pipeline.errors import TemporaryError


@pytest.fixture
def on_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    aws.reset()
    yield
    aws.reset()


@pytest.mark.usefixtures("on_an_account")
def test_an_address_is_sigv4_on_the_buckets_regional_host() -> None:
    url = aws.client("s3").generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "key"})
    assert url.startswith("https://bucket.s3.us-east-1.amazonaws.com/key?")
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in url


@pytest.mark.usefixtures("on_an_account")
def test_a_presigned_form_is_sigv4_on_the_buckets_regional_host() -> None:
    form = aws.client("s3").generate_presigned_post("bucket", "key")
    assert form["url"] == "https://bucket.s3.us-east-1.amazonaws.com/"
    assert form["fields"]["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


@pytest.mark.usefixtures("on_an_account")
def test_a_client_is_made_once() -> None:
    assert aws.client("sqs") is aws.client("sqs")


def client_error(code: str, status: int) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Operation")


@pytest.mark.parametrize(
    "error",
    [
        client_error("ThrottlingException", 400),
        client_error("SlowDown", 503),
        client_error("Unheard", 500),
        EndpointConnectionError(endpoint_url="http://nowhere"),
    ],
)
def test_throttling_faults_and_lost_connections_are_temporary(error: Exception) -> None:
    with pytest.raises(TemporaryError), aws.temporary_errors("S3"):
        raise error


@pytest.mark.parametrize(
    "error", [client_error("AccessDenied", 403), client_error("ValidationException", 400), KeyError("x")]
)
def test_time_heals_nothing_else(error: Exception) -> None:
    with pytest.raises(type(error)), aws.temporary_errors("S3"):
        raise error
