from __future__ import annotations

import pytest

from media_pipeline import conf
from media_pipeline.errors import ConfigurationError


def test_defaults_need_no_environment() -> None:
    assert conf.read({}) == conf.Conf()


def test_a_variable_sets_its_field() -> None:
    read = conf.read({"DARKROOM_UPLOAD_MAX_BYTES": "123", "DARKROOM_REGION": "eu-central-1", "OTHER": "x"})
    assert (read.upload_max_bytes, read.region) == (123, "eu-central-1")


@pytest.mark.parametrize(("text", "value"), [("true", True), ("ON", True), ("0", False), ("False", False)])
def test_a_switch_is_on_or_off(text: str, value: bool) -> None:
    assert conf.read({"DARKROOM_DETECT_TEXT": text}).detect_text is value


def test_a_switch_that_is_neither_fails() -> None:
    with pytest.raises(ConfigurationError, match="true or false"):
        conf.read({"DARKROOM_DETECT_TEXT": "perhaps"})


@pytest.mark.parametrize("text", ["", "many", "1.5", "-1"])
def test_a_wrong_number_fails_with_the_name_of_its_variable(text: str) -> None:
    with pytest.raises(ConfigurationError, match="DARKROOM_MAX_PIXELS"):
        conf.read({"DARKROOM_MAX_PIXELS": text})


def test_a_rate_of_nothing_at_all_fails() -> None:
    with pytest.raises(ConfigurationError, match="DARKROOM_RATE_PER_SECOND must be at least 1"):
        conf.read({"DARKROOM_RATE_PER_SECOND": "0"})
    assert conf.read({"DARKROOM_RATE_PER_DAY": "0"}).rate_per_day == 0
