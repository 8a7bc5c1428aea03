"""Access tokens that end before their time: with an account, or with roles that it had."""

from __future__ import annotations

from rest_framework_simplejwt.tokens import AccessToken

from media_pipeline.access import limits
from media_pipeline.access.keyed_hash import keyed_hash
from media_pipeline.access.limits import Limit
from media_pipeline.conf import conf

# Every call of an app is counted under this limit, so the item that counts can also say until when its tokens ended.
CALLS = Limit("api", conf.rate_burst, 1 / conf.rate_per_second, conf.rate_per_day)


def counter(caller: str) -> str:
    """The name that a caller is counted under: it outlives an account that is erased, and must not lead to it."""
    return keyed_hash(caller)


def end(account_id: str) -> None:
    """Refuse the access tokens that an account has by now: it was closed, or its roles have changed."""
    limits.end(CALLS, counter(f"app|{account_id}"), seconds=AccessToken.lifetime.total_seconds())
