"""What a list of images can be narrowed down by, as query parameters."""

from __future__ import annotations

import math
import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from media_pipeline.api.requests import Input, Text
from media_pipeline.images.use_cases import Likening
from media_pipeline.intake import descriptions
from media_pipeline.record.models import Status
from media_pipeline.search import kinds, places
from media_pipeline.search.places import Near
from media_pipeline.search.query import SearchQuery

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
MAX_QUERY_LENGTH = 200
MAX_VALUES = 10
MIN_KM, DEFAULT_KM = 0.1, 10.0
_COORDINATES = re.compile(r"(-?\d{1,2}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)", re.ASCII)
# Parameters that may be given several times, by the field of SearchQuery that they fill.
SEVERAL = {
    "tag": "tags",
    "label": "labels",
    "camera": "cameras",
    "lens": "lenses",
    "format": "formats",
    "colour": "colours",
    "person": "people",
}


@extend_schema_field({"type": "string", "pattern": f"^{_COORDINATES.pattern}$", "example": "47.37,8.54"})
class Coordinates(Text):
    """Latitude and longitude in decimal degrees."""

    def to_internal_value(self, data: Any) -> Any:
        match = _COORDINATES.fullmatch(super().to_internal_value(data))
        latitude, longitude = map(float, match.groups()) if match else (math.inf, math.inf)
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise serializers.ValidationError("Give latitude,longitude in decimal degrees, as in 47.37,8.54.")
        return latitude, longitude


class Kilometres(serializers.FloatField):
    """DRF takes NaN for a number, and no limit holds it."""

    def to_internal_value(self, data: Any) -> float:
        value = float(super().to_internal_value(data))
        if not math.isfinite(value):
            self.fail("invalid")
        return value


def _values(about: str) -> serializers.ListField:
    return serializers.ListField(
        child=Text(max_length=descriptions.MAX_TAG_LENGTH + 1), max_length=MAX_VALUES, required=False, help_text=about
    )


def _choices(values: tuple[str, ...], about: str) -> serializers.ListField:
    either_way = [*values, *(f"-{value}" for value in values)]
    return serializers.ListField(
        child=serializers.ChoiceField(choices=either_way), max_length=MAX_VALUES, required=False, help_text=about
    )


class Paged(Input):
    cursor = serializers.CharField(
        max_length=1000, required=False, help_text="From `next` or `previous` of another page of the same list."
    )
    page_size = serializers.IntegerField(min_value=1, max_value=MAX_PAGE_SIZE, default=PAGE_SIZE)


class Listing(Paged):
    q = Text(
        max_length=MAX_QUERY_LENGTH,
        required=False,
        allow_blank=True,
        help_text="Words of title, caption, file name, tags, labels, camera, place and text in the picture, all of "
        "them, however accented or capitalised. `-word`: without it.",
    )
    tag = _values("Every one given. `-sea`: without it. The same goes for the other lists.")
    label = _values("What was recognised: every one given.")  # type: ignore[assignment] # the API's word
    camera = _values("Any of these: the whole name, or words of it.")
    lens = _values("Any of these, by the whole name.")
    format = _choices(kinds.FORMATS, "Any of these, judged by content.")
    colour = _choices(kinds.COLOURS, "Any of these as the dominant one.")
    orientation = serializers.ChoiceField(choices=kinds.ORIENTATIONS, required=False)
    size = serializers.ChoiceField(
        choices=list(kinds.SIZES), required=False, help_text="Below 1, 8, 32 megapixels, and above."
    )
    taken_after = serializers.DateField(required=False, help_text="On this day or later, by the camera's clock.")
    taken_before = serializers.DateField(required=False, help_text="On this day or earlier.")
    uploaded_after = serializers.DateField(required=False, help_text="On this day or later, in UTC.")
    uploaded_before = serializers.DateField(required=False, help_text="On this day or earlier.")
    near = Coordinates(required=False, help_text="latitude,longitude")
    km = Kilometres(
        min_value=MIN_KM,
        max_value=places.MAX_KM,
        required=False,
        help_text=f"How far from `near`; otherwise {DEFAULT_KM:g}.",
    )
    person = serializers.ListField(
        child=serializers.RegexField(r"^-?[0-9A-Z]{26}$"),
        max_length=MAX_VALUES,
        required=False,
        help_text="Ids of people: every one given is in the picture. `-id`: who is not.",
    )
    unidentified = serializers.BooleanField(required=False, help_text="Somebody is in it who has no name yet.")
    has_faces = serializers.BooleanField(required=False)
    album = Text(max_length=26, required=False, help_text="Only images in this album; newest first, like all searches.")
    status = serializers.ChoiceField(
        choices=[status.value for status in Status],
        required=False,
        help_text="Only images in this state. Without it, all but those in the trash (`deleted`); a search leaves out "
        "those that were `rejected`, too.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "km" in attrs and "near" not in attrs:
            raise serializers.ValidationError({"km": "`km` means nothing without `near`."})
        return attrs


class Likeness(Input):
    by = serializers.ChoiceField(
        choices=[kind.value for kind in Likening],
        default=Likening.LOOK.value,
        help_text="`look`: near duplicates, also mirrored. `labels`: shares labels and tags.",
    )
    page_size = serializers.IntegerField(min_value=1, max_value=MAX_PAGE_SIZE, default=PAGE_SIZE)


def parameters(request: Request) -> dict[str, Any]:
    """The query string: a list for what may be repeated, otherwise the last value."""
    given = request.query_params.lists()
    return {name: values if name in SEVERAL else values[-1] for name, values in given}


def query_from(asked: dict[str, Any]) -> SearchQuery:
    """The query that a valid Listing asks."""
    values: dict[str, Any] = {name: value for name, value in asked.items() if name not in {"cursor", "page_size", "km"}}
    for parameter, field in SEVERAL.items():
        values[field] = tuple(values.pop(parameter, ()))
    if "near" in asked:
        latitude, longitude = asked["near"]
        values["near"] = Near(latitude, longitude, asked.get("km", DEFAULT_KM))
    if "status" in asked:
        values["status"] = Status(asked["status"])
    return SearchQuery(**values)
