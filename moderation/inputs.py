"""What pages of the console may send in the background: the fields that several calls have, and how a refusal reads."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from media_pipeline.api.errors import FieldError, field_errors
from media_pipeline.api.requests import Count, Input, Text, validated
from media_pipeline.errors import InvalidRequestError

MAX_ID_LENGTH = 40  # of an image, or of a face in one
MAX_BATCH_LENGTH = 64
NO_BOX = "A box is four fractions of the picture's sides."
BARE = frozenset({"unknown", "null_characters_not_allowed", "surrogate_characters_not_allowed"})

Fields = dict[str, Any]


class Nothing(Input):
    """A call that says all by its address."""


class Side(serializers.FloatField):
    """DRF would take a text for a number."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, str):
            self.fail("invalid")
        return float(super().to_internal_value(data))


def checked(shape: type[Input], body: dict[str, Any]) -> Fields:
    """`body` in its declared shape; InvalidRequestError says in people's words what is wrong with it."""
    try:
        return validated(shape, body)
    except serializers.ValidationError as error:
        found = list(field_errors(error.detail))
        raise InvalidRequestError(" ".join(dict.fromkeys(map(_sentence, found))), field=found[0].field) from error


def _sentence(error: FieldError) -> str:
    """Ours say what they are about; those of DRF, and of fields that there are not, need the field's name."""
    return error.detail if error.code not in BARE else f"{error.field}: {error.detail}"


def text(name: str, longest: int) -> Text:
    """A text that may be left out, kept as it was typed."""
    sentence = f"{name} is a text of at most {longest} characters."
    return Text(
        max_length=longest,
        default="",
        allow_blank=True,
        trim_whitespace=False,
        error_messages=dict.fromkeys(("invalid", "max_length", "null"), sentence),
    )


def number(name: str, **options: Any) -> Count:
    sentence = f"{name} is a whole number."
    return Count(error_messages=dict.fromkeys(("invalid", "null", "min_value", "max_value"), sentence), **options)


def ids(**options: Any) -> serializers.ListField:
    sentence = "Cases are a list of ids."
    kinds = ("invalid", "max_length", "null", "blank")
    child = Text(max_length=MAX_ID_LENGTH, error_messages=dict.fromkeys(kinds, sentence))
    none = "Name at least one case."
    return serializers.ListField(
        child=child,
        error_messages={"not_a_list": sentence, "null": sentence, "required": none, "empty": none},
        **options,
    )


def box_sides() -> serializers.ListField:
    """Of a box: left, top, width, height. Where a box may lie is for the service to judge."""
    kinds = ("not_a_list", "null", "min_length", "max_length")
    return serializers.ListField(
        child=Side(error_messages=dict.fromkeys(("invalid", "null", "overflow"), NO_BOX)),
        min_length=4,
        max_length=4,
        required=False,
        error_messages=dict.fromkeys(kinds, NO_BOX),
    )


def one_of(choices: list[str]) -> serializers.ChoiceField:
    none = "There is no such act."
    return serializers.ChoiceField(choices, error_messages=dict.fromkeys(("invalid_choice", "required", "null"), none))


class Chosen(Input):
    """Which cases, or faces, it is about."""

    cases = ids(allow_empty=False)


class Undoing(Chosen):
    batch = text("Batch", MAX_BATCH_LENGTH)
