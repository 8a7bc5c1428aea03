"""How much of the API one caller gets, and the headers that say what is left of it.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from media_pipeline import limits
from media_pipeline.api.authentication import caller_of
from media_pipeline.conf import conf
from media_pipeline.errors import TemporaryError, TooManyRequestsError
from media_pipeline.limits import Allowance, Limit
from media_pipeline.telemetry import logger

USUAL = Limit("api", conf.rate_burst, 1 / conf.rate_per_second, conf.rate_per_day)
# People who scroll through their library and drop a thousand photos into it are no programs that run wild.
BROWSER = replace(USUAL, name="browser", per_day=None)
ANONYMOUS = Limit("anonymous", burst=30, interval=1)


class CallerThrottle(BaseThrottle):
    """By key or account. What is open to all (description and docs) is not counted."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if not request.user or not request.user.is_authenticated:
            return True
        caller = caller_of(request)
        _count(BROWSER if caller.startswith("browser|") else USUAL, caller, view)
        return True


class AddressThrottle(BaseThrottle):
    """By address, for calls that nobody is known for yet."""

    def allow_request(self, request: Request, view: Any) -> bool:
        _count(ANONYMOUS, limits.network(request.META.get("REMOTE_ADDR", "")), view)
        return True


def _count(limit: Limit, caller: str, view: Any) -> None:
    try:
        allowance = limits.take(limit, caller)
    except TemporaryError as error:
        # The limit spares DynamoDB and its bill. When DynamoDB does not answer, neither can anything behind this, and
        # a call that gets through all the same (a token, say) should not fail for its counting.
        logger.warning("call not counted", limit=limit.name, reason=str(error))
        return
    view.headers.update(headers(limit, allowance))
    if not allowance.is_allowed:
        reason = (
            f"{limit.per_day} calls a day are the limit, and they are used up."
            if allowance.left_today == 0
            else f"This is faster than {1 / limit.interval:g} calls a second."
        )
        raise TooManyRequestsError(f"{reason} Try again in {allowance.wait} s.", seconds=allowance.wait)


def headers(limit: Limit, allowance: Allowance) -> dict[str, str]:
    policies = [f'"burst";q={limit.burst};w={max(1, round(limit.burst * limit.interval))}']
    states = [f'"burst";r={allowance.left};t={allowance.full_in}']
    if limit.per_day is not None:
        policies.append(f'"day";q={limit.per_day};w={limits.DAY}')
        states.append(f'"day";r={allowance.left_today};t={allowance.day_ends_in}')
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)}
