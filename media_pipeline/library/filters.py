"""What an address of the library narrows it down to: filters, each of which can be taken away again."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from media_pipeline.errors import InvalidRequestError
from media_pipeline.library import wording
from media_pipeline.search import SearchQuery

KINDS = {"q": "Words", "label": "Label", "tag": "Tag", "camera": "Camera", "month": "Month"}  # parameters, as shown
MOST = 12
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Filter:
    """One parameter of the address; months are those of the upload, as the grid has them."""

    name: str
    value: str

    @property
    def kind(self) -> str:
        return KINDS[self.name]

    @property
    def shown(self) -> str:
        return wording.month(month_of(self.value)) if self.name == "month" else self.value


@dataclass(frozen=True, slots=True)
class Filters:
    chosen: tuple[Filter, ...] = ()

    @classmethod
    def read(cls, parameters: QueryDict) -> Filters:
        """Those of an address; InvalidRequestError when nobody can have meant them."""
        given = [
            Filter(name, value.strip())
            for name in KINDS
            for value in (parameters.getlist(name) if name != "month" else parameters.getlist(name)[-1:])
            if value.strip()
        ]
        if len(given) > MOST or any(len(filter_.value) > LONGEST for filter_ in given):
            raise InvalidRequestError(f"A search has up to {MOST} filters of up to {LONGEST} characters. Remove some.")
        return cls(tuple(dict.fromkeys(given)))

    def __bool__(self) -> bool:
        return bool(self.chosen)

    def values(self, name: str) -> tuple[str, ...]:
        return tuple(filter_.value for filter_ in self.chosen if filter_.name == name)

    def without(self, name: str, value: str) -> Filters:
        return Filters(tuple(filter_ for filter_ in self.chosen if filter_ != Filter(name, value)))

    def address(self, **more: str) -> str:
        """The query string that leads here."""
        return urlencode([*((filter_.name, filter_.value) for filter_ in self.chosen), *more.items()])

    def query(self) -> SearchQuery:
        months = self.values("month")
        return SearchQuery(
            q=" ".join(self.values("q")),
            labels=self.values("label"),
            tags=self.values("tag"),
            cameras=self.values("camera"),
            uploaded_after=month_of(months[0]) if months else None,
            uploaded_before=last_day_of(months[0]) if months else None,
        )


def month_of(text: str) -> dt.date:
    """The first day of YYYY-MM."""
    try:
        return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise InvalidRequestError("A month is written as 2026-09.", field="month") from None


def last_day_of(text: str) -> dt.date:
    month = month_of(text)
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
