"""How often a caller may do something, the same on every Lambda: a bucket and a day's count in one DynamoDB item.

The bucket is the generic cell rate algorithm: all it stores is the time at which it will be full again, so there is
nothing to refill. https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm

A call costs one write unit. Within a burst (two calls closer together than the rate allows) it costs two: DynamoDB has
no `max`, so the write that starts from now and the one that adds to what is there are different ones.

The item comes back with every call, so it can also say at no cost that what the caller was given has ended (`end`).
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import math
import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from media_pipeline.aws import dynamodb
from media_pipeline.conf import conf

DAY = 86_400
KEPT_SECONDS = 3_600  # beyond the day, for clocks that differ
ROUNDING = 0.1  # of a call: what is stored are whole milliseconds

FULL = "attribute_not_exists(full_at) OR (full_at <= :now AND calls < :per_day)"
START = "SET full_at = :next, #ttl = :ttl ADD calls :one"
ROOM = "full_at <= :latest AND calls < :per_day"
ADD = "SET full_at = full_at + :interval ADD calls :one"
END = "SET ended_at = :now, #ttl = :ttl"
LATER = "attribute_not_exists(ended_at) OR ended_at <= :now"


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` calls at once, then one every `interval` seconds, and no more than `per_day` from midnight UTC on."""

    name: str
    burst: int
    interval: float
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a limit leaves a caller, after this call. Times are whole seconds from now."""

    is_allowed: bool
    left: int
    full_in: int
    left_today: int | None
    day_ends_in: int
    wait: int = 0  # until a call is allowed again; 0 when this one was
    ended_at: int = 0  # what the caller was given until then has ended, in seconds since 1970


def take(limit: Limit, caller: str) -> Allowance:
    """Count one call of this caller's, if it is within the limit."""
    now = time.time()
    values = {
        ":now": _milliseconds(now),
        ":next": _milliseconds(now + limit.interval),
        ":ttl": int(_day_end(now)) + KEPT_SECONDS,
        ":one": 1,
        ":per_day": _per_day(limit),
    }
    state, is_stored = _update(_key(limit, caller, now), START, FULL, values)
    if not is_stored and state["calls"] < _per_day(limit):
        values = {
            ":interval": _milliseconds(limit.interval),
            ":latest": _milliseconds(now + (limit.burst - 1) * limit.interval),
            ":one": 1,
            ":per_day": _per_day(limit),
        }
        state, is_stored = _update(_key(limit, caller, now), ADD, ROOM, values)
    return _allowance(limit, state, now, is_allowed=is_stored)


def give_back(limit: Limit, caller: str) -> None:
    """Let the caller begin anew, as if nothing had been taken."""
    key = {"pk": {"S": _key(limit, caller, time.time())}}
    dynamodb.call("delete_item", TableName=conf.limits_table, Key=key)


def end(limit: Limit, caller: str, *, seconds: float) -> None:
    """Let `take` say for so many seconds (less than a day) that what the caller was given until now has ended."""
    now = time.time()
    for moment in sorted({_day_end(now), _day_end(now + seconds)}):
        values = {":now": int(now), ":ttl": int(moment) + KEPT_SECONDS}
        _update(_key(limit, caller, moment - DAY), END, LATER, values)


def network(address: str) -> str:
    """Whom an address stands for: with IPv6, one customer has a whole /64 to call from."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(known, ipaddress.IPv6Address):
        return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def _update(key: str, update: str, condition: str, values: dict[str, int]) -> tuple[dict[str, int], bool]:
    """The item after the update, or as it is when the condition does not hold; and which of the two."""
    names = {"#ttl": "ttl"} if "#ttl" in update else {}
    try:
        answer = dynamodb.call(
            "update_item",
            TableName=conf.limits_table,
            Key={"pk": {"S": key}},
            UpdateExpression=update,
            ConditionExpression=condition,
            ExpressionAttributeValues={name: {"N": str(value)} for name, value in values.items()},
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **({"ExpressionAttributeNames": names} if names else {}),
        )
    except ClientError as error:
        if not dynamodb.condition_failed(error):
            raise
        return _numbers(error.response.get("Item", {})), False
    return _numbers(answer["Attributes"]), True


def _numbers(item: Any) -> dict[str, int]:
    stored = {name: int(item[name]["N"]) for name in ("full_at", "calls", "ended_at") if name in item}
    return {"full_at": 0, "calls": 0, "ended_at": 0, **stored}


def _allowance(limit: Limit, state: dict[str, int], now: float, *, is_allowed: bool) -> Allowance:
    full_in = max(0.0, state["full_at"] / 1000 - now)
    left_today = None if limit.per_day is None else max(0, limit.per_day - state["calls"])
    day_ends_in = math.ceil(_day_end(now) - now)
    wait = 0
    if not is_allowed:
        wait = day_ends_in if left_today == 0 else math.ceil(full_in - (limit.burst - 1) * limit.interval)
    return Allowance(
        is_allowed=is_allowed,
        left=max(0, math.floor(limit.burst - full_in / limit.interval + ROUNDING)),
        full_in=math.ceil(full_in),
        left_today=left_today,
        day_ends_in=day_ends_in,
        wait=0 if is_allowed else max(1, wait),
        ended_at=state["ended_at"],
    )


def _key(limit: Limit, caller: str, now: float) -> str:
    """A new item every day, so that the day's count needs no resetting; the bucket is full at midnight, too."""
    day = dt.datetime.fromtimestamp(now, dt.UTC).date().isoformat()
    return f"limit|{limit.name}|{caller}|{day}"


def _per_day(limit: Limit) -> int:
    return 2**53 if limit.per_day is None else limit.per_day


def _day_end(now: float) -> float:
    return (now // DAY + 1) * DAY


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
