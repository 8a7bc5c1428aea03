"""What is wrong with a configuration is said before anything is processed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator

import pytest
from django.core.checks import CheckMessage

from media_pipeline import checks
from media_pipeline.conf import conf
from media_pipeline.renditions import watermarks

Check = Callable[[str], list[CheckMessage]]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Iterator[Check]:
    def with_setting(text: str) -> list[CheckMessage]:
        monkeypatch.setattr(watermarks, "conf", dataclasses.replace(conf, watermarks=text))
        watermarks.presets.cache_clear()
        return checks.watermarks_can_be_laid()

    yield with_setting
    watermarks.presets.cache_clear()


@pytest.mark.parametrize("preset", [None, {"text": "(c) Harbour Press"}, {"text": "x", "position": "tiled"}])
def test_marks_that_can_be_laid_are_no_problem(check: Check, preset: dict[str, object] | None) -> None:
    assert check(json.dumps({"credit": preset}) if preset else "") == []


@pytest.mark.parametrize(
    ("preset", "said"),
    [
        ({}, "either a text or an image"),
        ({"text": "x", "position": "middle"}, "position is one of top-left"),
        ({"text": "x", "opacity": 2}, "opacity lies between 0 and 1"),
        ({"text": "x", "scale": "large"}, "'<=' not supported"),
        ({"text": "x", "renditions": ["large"]}, "'large' is no rendition"),
        ({"image": "/nowhere/logo.png"}, "/nowhere/logo.png"),
        ({"text": "x", "font": "/nowhere/font.ttf"}, "/nowhere/font.ttf"),
        ({"text": "版权"}, "letter"),
    ],
)
def test_a_mark_that_cannot_be_laid_is_named_with_the_reason(
    check: Check, preset: dict[str, object], said: str
) -> None:
    (message,) = check(json.dumps({"fine": {"text": "x"}, "credit": preset}))
    assert message.msg.startswith("DARKROOM_WATERMARKS: 'credit' cannot be used")
    assert said in message.msg
    assert "DARKROOM_WATERMARKS" in str(message.hint)


def test_what_is_no_json_is_said(check: Check) -> None:
    (message,) = check("{")
    assert "is not JSON of presets by name" in message.msg
