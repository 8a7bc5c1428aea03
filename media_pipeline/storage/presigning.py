"""Addresses in S3 that are the same for all who ask within a window, on every machine: so browsers can cache by URL.

Only `storage.sign` asks for them. botocore signs as of now, which gives another URL with every second.
"""

from __future__ import annotations

import datetime as dt
import time
from functools import cache
from typing import Any
from urllib.parse import quote

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest

from media_pipeline.aws import clients as aws
from media_pipeline.conf import conf


def presigned(bucket: str, key: str, parameters: dict[str, str], *, seconds: int) -> str:
    """Where the object can be fetched until the end of the window, at most `seconds` away."""
    expires = window_end(seconds)
    request = AWSRequest(method="GET", url=_bucket_url(bucket) + quote(key, safe="/~"), params=parameters)
    _AuthAt(expires - seconds, expires).add_auth(request)
    return str(request.url)


def window_end(seconds: int) -> int:
    """An expiry at most `seconds` away, the same for all who ask within half of them."""
    window = seconds // 2
    return (int(time.time()) // window + 2) * window


class _AuthAt(S3SigV4QueryAuth):
    """botocore's query signer, signing as of a given moment."""

    def __init__(self, signed_at: int, expires: int) -> None:
        credentials = aws.credentials()
        super().__init__(credentials, "s3", conf.region, expires=expires - signed_at)
        self._signed_at = dt.datetime.fromtimestamp(signed_at, dt.UTC)

    def add_auth(self, request: Any) -> None:
        request.context["timestamp"] = self._signed_at.strftime("%Y%m%dT%H%M%SZ")
        self._modify_request_before_signing(request)  # type: ignore[attr-defined] # botocore-stubs leaves it out
        to_sign = self.string_to_sign(request, self.canonical_request(request))
        self._inject_signature_to_request(request, self.signature(to_sign, request))  # type: ignore[attr-defined]


@cache
def _bucket_url(bucket: str) -> str:
    """Where botocore's own endpoint rules place the bucket: read off a URL that it signed."""
    url: str = aws.client("s3").generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
    return url.partition("k?")[0]
