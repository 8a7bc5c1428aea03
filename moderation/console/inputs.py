"""What the console's pages may send in the background, as declared shapes. What an act does not need may be missing."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from media_pipeline.api.requests import Count, Text
from moderation.models.faces import MAX_NAME_LENGTH
from moderation.services.cases import decisions

MAX_ID_LENGTH = 40
MAX_BATCH = 64
MAX_LIBRARY_LENGTH = 150
ACTS = ("allow", "restrict", "remove", "escalate", "uphold", "overturn", "hold", "skip")
FACE_ACTS = ("name", "wrong", "nobody", "hide", "skip")
BOX_ACTS = ("move", "add", "remove", "undo")


def _text(max_length: int) -> Text:
    return Text(max_length=max_length, default="", allow_blank=True, trim_whitespace=False)


def _ids(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=Text(max_length=MAX_ID_LENGTH), **options)


def _cases() -> serializers.ListField:
    return _ids(allow_empty=False, error_messages={"required": "Name a case.", "empty": "Name at least one case."})


def _act(*acts: str) -> serializers.ChoiceField:
    nothing = "There is no such act."
    return serializers.ChoiceField(choices=acts, error_messages={"invalid_choice": nothing, "required": nothing})


class Nothing(serializers.Serializer[Any]):
    pass


class Cases(serializers.Serializer[Any]):
    cases = _cases()


class MoreCases(serializers.Serializer[Any]):
    """`have` are those that the page holds, `want` how many more it asks for; without it, as many as it should have."""

    view = _text(20)
    first = _text(26)
    have = _ids(default=list)
    want = Count(required=False)


class Decision(MoreCases):
    cases = _cases()
    act = _act(*ACTS)
    policy = _text(40)
    note = _text(decisions.MAX_TEXT_LENGTH)
    batch = _text(MAX_BATCH)
    looked = Count(default=0, help_text="Milliseconds that the image was seen.")


class Undo(Cases):
    batch = _text(MAX_BATCH)


class Case(serializers.Serializer[Any]):
    case = _text(26)


class MoreFaces(serializers.Serializer[Any]):
    view = _text(MAX_LIBRARY_LENGTH)
    have = _ids(default=list)
    want = Count(default=0)


class FaceDecision(MoreFaces):
    cases = _cases()
    act = _act(*FACE_ACTS)
    person = _text(MAX_ID_LENGTH)
    name = _text(MAX_NAME_LENGTH)
    seen = _text(MAX_ID_LENGTH)


class TypedName(serializers.Serializer[Any]):
    library = _text(MAX_LIBRARY_LENGTH)
    typed = _text(MAX_NAME_LENGTH)


class BoxChange(Cases):
    """`sides` are left, top, width and height as fractions of the picture's; `done` is the act to undo."""

    act = _act(*BOX_ACTS)
    box = _text(MAX_ID_LENGTH)
    sides = serializers.ListField(child=serializers.FloatField(), min_length=4, max_length=4, default=list)
    done = Count(default=0)
