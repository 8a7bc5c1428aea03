"""What pages of the console send in the background, and the sentence for what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from media_pipeline.api.requests import Input
from media_pipeline.errors import InvalidRequestError
from moderation.console import calls, face_calls
from moderation.inputs import NO_BOX, Nothing, checked

ACT = {"act": "allow", "cases": ["x"]}
BOX = {"act": "add", "cases": ["x-1"]}
NO_NUMBER = "Want is a whole number."
NO_IDS = "Cases are a list of ids."
LONG = "Note is a text of at most 2000 characters."


@pytest.mark.parametrize(
    ("shape", "body", "sentence"),
    [
        (calls.Decision, {**ACT, "act": "explode"}, "There is no such act."),
        (calls.Decision, {"cases": ["x"]}, "There is no such act."),
        (calls.Decision, {"act": "allow"}, "Name at least one case."),
        (calls.Decision, {**ACT, "cases": []}, "Name at least one case."),
        (calls.Decision, {**ACT, "cases": "all"}, NO_IDS),
        (calls.Decision, {**ACT, "cases": [1, 2]}, NO_IDS),
        (calls.Decision, {**ACT, "have": None}, NO_IDS),
        (calls.Decision, {**ACT, "note": "x" * 2001}, LONG),
        (calls.Decision, {**ACT, "note": 7}, LONG),
        (calls.Decision, {**ACT, "note": None}, LONG),
        (calls.Decision, {**ACT, "note": "a\x00b"}, "note: Null characters are not allowed."),
        (calls.Further, {"want": "3"}, NO_NUMBER),
        (calls.Further, {"want": 1.5}, NO_NUMBER),
        (face_calls.BoxChange, BOX, NO_BOX),
        (face_calls.BoxChange, {**BOX, "sides": [0.1, 0.1, 0.1]}, NO_BOX),
        (face_calls.BoxChange, {**BOX, "sides": ["0.1", 0.1, 0.1, 0.1]}, NO_BOX),
        (face_calls.BoxChange, {**BOX, "sides": [10**400, 0.1, 0.1, 0.1]}, NO_BOX),
        (face_calls.BoxChange, {**BOX, "act": "undo", "done": 10**30}, "Done is a whole number."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(shape: type[Input], body: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        checked(shape, body)
    assert str(raised.value) == sentence
    assert raised.value.field


def test_a_field_that_there_is_not_is_named() -> None:
    with pytest.raises(InvalidRequestError, match=r"^notes: There is no such field here\."):
        checked(calls.Decision, {**ACT, "notes": "typo"})


def test_a_note_stays_as_it_was_typed() -> None:
    assert checked(calls.Decision, {**ACT, "note": " two\nlines "})["note"] == " two\nlines "


def test_a_page_may_have_more_than_it_wants() -> None:
    """An undo puts a case back in front of six others."""
    assert checked(calls.Further, {"want": -1})["want"] == -1


def test_a_call_may_need_nothing() -> None:
    assert checked(Nothing, {}) == {}
