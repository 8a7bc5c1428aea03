from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.aws import zappa_settings
from config.local_aws.emulator import Emulator
from media_pipeline.errors import ConfigurationError


def test_an_output_that_the_stack_lacks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed = tmp_path / "zappa_settings.json"
    committed.write_text('{"web": {"role_arn": "${WebRolArn}"}}')
    monkeypatch.setattr(zappa_settings, "COMMITTED", committed)
    with pytest.raises(ConfigurationError, match=r"\$\{WebRolArn\}"):
        zappa_settings.render({"WebRoleArn": "arn"}, tmp_path / "rendered.json")
    assert not (tmp_path / "rendered.json").exists()


def test_a_value_may_hold_what_json_escapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed = tmp_path / "zappa_settings.json"
    committed.write_text('{"web": {"domain": "${Domain}"}}')
    monkeypatch.setattr(zappa_settings, "COMMITTED", committed)
    zappa_settings.render({"Domain": 'a"b\\c'}, tmp_path / "rendered.json")
    assert json.loads((tmp_path / "rendered.json").read_text()) == {"web": {"domain": 'a"b\\c'}}


def test_a_stage_replaces_whole_keys_of_what_it_extends(tmp_path: Path) -> None:
    path = tmp_path / "zappa_settings.json"
    base = {"debug": False, "tags": {"app": "darkroom", "team": "photo"}}
    path.write_text(json.dumps({"base": base, "web": {"extends": "base", "tags": {"app": "web"}}}))
    stage = zappa_settings.stage(path, "web")
    assert stage == {"extends": "base", "debug": False, "tags": {"app": "web"}}


def test_an_unknown_stage_is_named_with_those_there_are(tmp_path: Path) -> None:
    path = tmp_path / "zappa_settings.json"
    path.write_text('{"base": {}, "web": {}}')
    with pytest.raises(ConfigurationError, match="'wbe', only base, web"):
        zappa_settings.stage(path, "wbe")


def test_the_committed_settings_hold_nothing_of_an_account() -> None:
    text = zappa_settings.COMMITTED.read_text()
    assert "arn:aws" not in text
    assert not [word for word in text.split('"') if word.isdigit() and len(word) == 12]


def test_the_rendered_settings_hold_no_placeholder(aws: Emulator) -> None:
    assert "${" not in aws.zappa_settings.read_text()
    assert zappa_settings.stage(aws.zappa_settings, "pipeline")["role_arn"] == aws.outputs["PipelineRoleArn"]
