from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from config.local_aws.emulator import Emulator
from tests.support.waiting import eventually

NAME = "slow-function"
CODE = """
import pathlib, time

def handler(event, context):
    here = pathlib.Path(event["directory"])
    (here / "begun").touch()
    for _ in range(3000):
        if (here / "go").exists():
            return "done"
        time.sleep(0.1)
"""


def zipped(code: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("slow.py", code)
    return file.getvalue()


@pytest.fixture
def lambda_(aws: Emulator) -> Iterator[Any]:
    client = aws.root_client("lambda")
    client.create_function(
        FunctionName=NAME,
        Runtime="python3.12",
        Role="arn:aws:iam::000000000000:role/darkroom-local-web",
        Handler="slow.handler",
        Code={"ZipFile": zipped(CODE)},
        Timeout=600,
    )
    client.get_waiter("function_active_v2").wait(FunctionName=NAME)
    yield client
    client.delete_function(FunctionName=NAME)


def test_an_invocation_outlives_changes_of_its_function(lambda_: Any, tmp_path: Path) -> None:
    event = json.dumps({"directory": str(tmp_path)}).encode()
    with ThreadPoolExecutor(1) as pool:
        try:
            answer = pool.submit(lambda_.invoke, FunctionName=NAME, Payload=event)
            assert eventually((tmp_path / "begun").exists)
            lambda_.update_function_configuration(FunctionName=NAME, Environment={"Variables": {"new": "yes"}})
            lambda_.get_waiter("function_updated_v2").wait(FunctionName=NAME)
            lambda_.update_function_code(FunctionName=NAME, ZipFile=zipped(CODE + "\n"))
        finally:
            (tmp_path / "go").touch()
        found = answer.result()
    assert "FunctionError" not in found
    assert json.loads(found["Payload"].read()) == "done"
