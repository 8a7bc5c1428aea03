"""What an address of the library narrows it down to: filters, each of which can be taken away again."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

from media_pipeline.errors import InvalidRequestError
from media_pipeline.library import wording
from media_pipeline.search.places import MAX_KM, Near
from media_pipeline.search.query import SearchQuery

KINDS = {  # parameters, as shown
    "q": "Words",
    "label": "Label",
    "tag": "Tag",
    "person": "Person",
    "unidentified": "Faces",
    "camera": "Camera",
    "near": "Place",
    "month": "Month",
}
SINGLE = {"month", "near", "unidentified"}
NEAR_KM = 10.0
MAX_FILTERS = 12
MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Filter:
    """One parameter of the address; months are those of the upload, as the grid has them.

    `called` is what people call the value, where that is not the value itself.
    """

    name: str
    value: str
    called: str = field(default="", compare=False)

    @property
    def kind(self) -> str:
        return KINDS[self.name]

    @property
    def shown(self) -> str:
        match self.name:
            case "month":
                return wording.month(month_of(self.value))
            case "near":
                place = near_of(self.value)
                return f"{place.km:g} km around {wording.place(place.latitude, place.longitude)}"
            case "unidentified":
                return "Without a name"
            case "person":
                return self.called or "Nobody of this name"
            case _:
                return self.value


@dataclass(frozen=True, slots=True)
class Filters:
    chosen: tuple[Filter, ...] = ()

    @classmethod
    def read(cls, parameters: QueryDict) -> Filters:
        """Those of an address; InvalidRequestError when nobody can have meant them."""
        given = [
            Filter(name, value.strip())
            for name in KINDS
            for value in (parameters.getlist(name)[-1:] if name in SINGLE else parameters.getlist(name))
            if value.strip()
        ]
        if len(given) > MAX_FILTERS or any(len(filter_.value) > MAX_LENGTH for filter_ in given):
            raise InvalidRequestError(
                f"A search has up to {MAX_FILTERS} filters of up to {MAX_LENGTH} characters. Remove some."
            )
        return cls(tuple(dict.fromkeys(given)))

    def __bool__(self) -> bool:
        return bool(self.chosen)

    def values(self, name: str) -> tuple[str, ...]:
        return tuple(filter_.value for filter_ in self.chosen if filter_.name == name)

    def without(self, name: str, value: str) -> Filters:
        return Filters(tuple(filter_ for filter_ in self.chosen if filter_ != Filter(name, value)))

    def calling(self, people: Mapping[str, str]) -> Filters:
        """With the names of the people whose ids are in the address."""
        return Filters(
            tuple(
                replace(filter_, called=people.get(filter_.value, "")) if filter_.name == "person" else filter_
                for filter_ in self.chosen
            )
        )

    def address(self, **more: str) -> str:
        """The query string that leads here."""
        return urlencode([*((filter_.name, filter_.value) for filter_ in self.chosen), *more.items()])

    def query(self) -> SearchQuery:
        months = self.values("month")
        return SearchQuery(
            q=" ".join(self.values("q")),
            labels=self.values("label"),
            tags=self.values("tag"),
            people=self.values("person"),
            unidentified=True if self.values("unidentified") else None,
            cameras=self.values("camera"),
            near=near_of(self.values("near")[0]) if self.values("near") else None,
            uploaded_after=month_of(months[0]) if months else None,
            uploaded_before=last_day_of(months[0]) if months else None,
        )


def month_of(text: str) -> dt.date:
    """The first day of YYYY-MM."""
    try:
        return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise InvalidRequestError("A month is written as 2026-09.", field="month") from None


def near_of(text: str) -> Near:
    """Latitude, longitude and, if somebody said so, kilometres."""
    try:
        latitude, longitude, km = (*map(float, text.split(",")), NEAR_KM)[:3]
        if abs(latitude) <= 90 and abs(longitude) <= 180 and 0 < km <= MAX_KM:
            return Near(latitude, longitude, km)
    except ValueError:
        pass
    raise InvalidRequestError("A place is written as latitude,longitude,km: 47.37,8.54,10.", field="near")


def last_day_of(text: str) -> dt.date:
    month = month_of(text)
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
