"""zappa_settings.json: Zappa ignores what it does not know, so every key is held against its source code."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from typing import Any

import pytest
from zappa import cli, core, utilities

from config.aws import zappa_settings
from config.local_aws.emulator import Emulator

STAGES = ("web", "pipeline")
# In an event source, what config/aws/after_deploy.py reads beside Zappa.
OURS = {"filters", "maximum_retry_attempts", "on_failure", "maximum_concurrency", "starting_position"}
Settings = dict[str, Any]


@pytest.fixture
def settings() -> Settings:
    return json.loads(zappa_settings.COMMITTED.read_text())


def known_keys(*modules: Any) -> set[str]:
    """Whatever Zappa asks a settings dictionary for."""
    source = "".join(inspect.getsource(module) for module in modules)
    found = set(re.findall(r"""(?:stage_config|config|event_source|event)(?:\.get\(\s*|\[)["'](\w+)["']""", source))
    return found | {"extends"} | set(re.findall(r'"(\w+)" in self\.stage_config', source)) | set(cli.CUSTOM_SETTINGS)


def test_zappa_knows_every_key(settings: Settings) -> None:
    known = known_keys(cli)
    for stage in ("base", *STAGES):
        assert not settings[stage].keys() - known, stage


def test_zappa_or_our_callback_knows_every_key_of_an_event(settings: Settings) -> None:
    known = known_keys(core, utilities)
    for event in settings["pipeline"]["events"]:
        assert not event.keys() - known
        assert not event.get("event_source", {}).keys() - known - OURS


def test_a_misspelt_key_would_be_noticed() -> None:
    assert "memory_size" in known_keys(cli)
    assert not {"memory", "timeout", "key_filters"} & known_keys(cli, core, utilities)


def test_each_bucket_has_one_event(settings: Settings) -> None:
    """Zappa names a notification after the function, so that a second one would take the first one's place."""
    for stage in STAGES:
        sources = [event.get("event_source", {}).get("arn") for event in settings[stage].get("events", [])]
        named = [source for source in sources if source]
        assert len(named) == len(set(named))


def test_every_function_is_there_and_takes_event_and_context(settings: Settings) -> None:
    paths = [event["function"] for event in settings["pipeline"]["events"]]
    paths += [settings["base"]["lambda_handler"]]
    assert len(paths) > 3
    for path in paths[:-1]:
        module, _, name = path.rpartition(".")
        assert list(inspect.signature(getattr(importlib.import_module(module), name)).parameters) == [
            "event",
            "context",
        ]


def test_a_schedule_fits_into_the_name_of_its_rule(settings: Settings) -> None:
    """Zappa takes the function from behind the last hyphen, and shortens names of more than 64 characters."""
    for event in settings["pipeline"]["events"]:
        if "expression" in event:
            assert "-" not in event["function"]
            assert len(f"darkroom-production-pipeline-{event['function']}") <= 64


def test_nothing_keeps_warm_and_everything_is_traced(settings: Settings) -> None:
    assert settings["base"]["keep_warm"] is False
    assert settings["base"]["xray_tracing"] is True
    assert not any("keep_warm" in settings[stage] for stage in STAGES)


def test_the_runtime_is_that_of_the_python_that_deploys(settings: Settings) -> None:
    assert not any("runtime" in settings[stage] for stage in settings)


def test_both_functions_have_a_role_of_their_own(aws: Emulator) -> None:
    roles = {zappa_settings.stage(aws.zappa_settings, stage)["role_arn"] for stage in STAGES}
    assert roles == {aws.outputs["WebRoleArn"], aws.outputs["PipelineRoleArn"]}
