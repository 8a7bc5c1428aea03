"""Stretches of time, as the ids that were made in them: a ULID begins with its millisecond."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ulid import ULID

OLDEST, NEWEST = "0" * 26, "7" + "Z" * 25
_DAY = dt.timedelta(days=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """All ids from `oldest` to `newest`, both included."""

    oldest: str = OLDEST
    newest: str = NEWEST

    @classmethod
    def of_days(cls, first: dt.date | None, last: dt.date | None) -> Span:
        """Of whole days in UTC, both included; None is open."""
        return cls(
            oldest=_first_of(first) if first else OLDEST,
            newest=step(_first_of(last), -1) if last and (last := _after(last)) else NEWEST,
        )

    @classmethod
    def of_month(cls, month: dt.date) -> Span:
        following = (month.replace(day=1) + 31 * _DAY).replace(day=1)
        return cls.of_days(month.replace(day=1), following - _DAY)


def step(image_id: str, by: int) -> str:
    """The id that would come right after (`by` 1) or before (-1); the ends stay."""
    return str(ULID.from_int(min(max(int(ULID.from_str(image_id)) + by, 0), 2**128 - 1)))


def at(moment: dt.datetime) -> str:
    """The oldest id that could have been made at that moment."""
    milliseconds = max(0, (moment - _EPOCH) // dt.timedelta(milliseconds=1))
    return str(ULID.from_bytes(milliseconds.to_bytes(6, "big") + bytes(10)))


def _after(day: dt.date) -> dt.date | None:
    return day + _DAY if day < dt.date.max else None


def _first_of(day: dt.date) -> str:
    return at(dt.datetime.combine(day, dt.time(), dt.UTC))
