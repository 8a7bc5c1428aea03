"""How much of the API one caller gets, and the headers that say what is left of it.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/

Counting asks DynamoDB about every call, so it is also where access tokens that ended before their time are found out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework_simplejwt.tokens import AccessToken

from media_pipeline.access import limits
from media_pipeline.access.access_tokens import CALLS, counter
from media_pipeline.access.limits import Allowance, Limit
from media_pipeline.api.authentication import caller_of
from media_pipeline.errors import TemporaryError, TooManyRequestsError
from media_pipeline.telemetry import logger

# People who scroll through their library and drop a thousand photos into it are no programs that run wild.
BROWSER = replace(CALLS, name="browser", per_day=None)
ANONYMOUS = Limit("anonymous", burst=30, interval=1)


class CallerThrottle(BaseThrottle):
    """By key or account. What is open to all (description and docs) is not counted."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if not request.user or not request.user.is_authenticated:
            return True
        caller = caller_of(request)
        ended_at = _count(BROWSER if caller.startswith("browser|") else CALLS, counter(caller), view)
        if isinstance(request.auth, AccessToken) and request.auth["iat"] <= ended_at:
            raise AuthenticationFailed("This access token has ended. Get a new one at auth/token/refresh.")
        return True


class AddressThrottle(BaseThrottle):
    """By address, for calls that nobody is known for yet."""

    def allow_request(self, request: Request, view: Any) -> bool:
        _count(ANONYMOUS, limits.network(request.META.get("REMOTE_ADDR", "")), view)
        return True


def _count(limit: Limit, caller: str, view: Any) -> int:
    """Until when what the caller was given has ended, as far as it was told."""
    try:
        allowance = limits.take(limit, caller)
    except TemporaryError as error:
        # The limit spares DynamoDB and its bill. When DynamoDB does not answer, neither can anything behind this, and
        # a call that gets through all the same (a token, say) should not fail for its counting.
        logger.warning("call not counted", limit=limit.name, reason=str(error))
        return 0
    view.headers.update(headers(limit, allowance))
    if not allowance.is_allowed:
        reason = (
            f"{limit.per_day} calls a day are the limit, and they are used up."
            if allowance.left_today == 0
            else f"This is faster than {1 / limit.interval:g} calls a second."
        )
        raise TooManyRequestsError(f"{reason} Try again in {allowance.wait} s.", seconds=allowance.wait)
    return allowance.ended_at


def headers(limit: Limit, allowance: Allowance) -> dict[str, str]:
    policies = [f'"burst";q={limit.burst};w={max(1, round(limit.burst * limit.interval))}']
    states = [f'"burst";r={allowance.left};t={allowance.full_in}']
    if limit.per_day is not None:
        policies.append(f'"day";q={limit.per_day};w={limits.DAY}')
        states.append(f'"day";r={allowance.left_today};t={allowance.day_ends_in}')
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)}
