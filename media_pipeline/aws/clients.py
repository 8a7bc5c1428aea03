"""The one place that makes AWS clients, and that says which of AWS's errors time can heal.

boto3 presigns with SigV2 on the global host by default, which buckets under KMS refuse: SigV4, the regional host and
virtual addressing are set here for every client (on an IP address, as locally, botocore uses the path by itself).
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#aws-signature-version-4-support
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's name

from media_pipeline.conf import conf
from media_pipeline.errors import TemporaryError

CONFIG = Config(
    region_name=conf.region,
    signature_version="v4",
    retries={"mode": "standard", "total_max_attempts": 4},
    connect_timeout=3,
    read_timeout=20,
    max_pool_connections=20,
    s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
)
TEMPORARY_CODES = frozenset(
    {
        "InternalError",
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)

_session: Any = None  # botocore's; its clients are made at run time, and no type knows them
_clients: dict[str, Any] = {}
_lock = threading.Lock()  # botocore's sessions are not thread-safe, their clients are


def client(service: str) -> Any:
    """The process's client for `service`, made at its first use.

    Typed as Any; callers narrow it (`s3: S3Client = client("s3")`).
    """
    global _session  # noqa: PLW0603 - one session a process, so that credentials are resolved once
    found = _clients.get(service)
    if found is None:
        with _lock:
            found = _clients.get(service)
            if found is None:
                _session = _session or botocore.session.get_session()
                config = CONFIG.merge(Config(signature_version="s3v4")) if service == "s3" else CONFIG
                found = _clients[service] = _session.create_client(service, config=config)
    return found


def credentials() -> Any:
    """The role's credentials, refreshed by botocore when they near their end."""
    return client("s3")._request_signer._credentials  # noqa: SLF001 - the session's own may be those of another profile


def reset() -> None:
    """Drop session and clients, so that the next call reads credentials and endpoints anew."""
    global _session  # noqa: PLW0603 - see client()
    with _lock:
        _session = None
        _clients.clear()


def error_code(error: BaseException) -> str:
    """AWS's code of a ClientError, or of the one that a library wrapped; "" when there is none."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ClientError):
            return str(cause.response.get("Error", {}).get("Code", ""))
        cause = cause.__cause__ or getattr(cause, "cause", None)
    return ""


def is_temporary(error: BaseException) -> bool:
    """Whether the same call may succeed later: throttling, a server's fault, or no connection at all."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, HTTPClientError | ConnectionError):
            return True
        if isinstance(cause, ClientError):
            status = cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status >= 500 or error_code(cause) in TEMPORARY_CODES:
                return True  # otherwise on to its cause: PynamoDB raises a copy that has lost the status
        cause = cause.__cause__ or getattr(cause, "cause", None)
    return False


@contextmanager
def temporary_errors(service: str) -> Iterator[None]:
    """Turn what time can heal into TemporaryError; leave every other error as it is."""
    try:
        yield
    except Exception as error:
        if is_temporary(error):
            raise TemporaryError(
                f"{service} did not answer as it should ({error_code(error) or 'no connection'})."
            ) from error
        raise
