"""The commands in docs/api.md, run as they stand there, one after the other."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from media_pipeline.access import api_keys
from media_pipeline.access.api_keys import Scope
from tests.support.people import Cast
from tests.support.pictures import make_jpeg

DOCUMENT = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
SITE = "http://127.0.0.1:8000"
TOOLS = ("bash", "curl", "jq", "openssl")

pytestmark = pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)}")


def test_the_commands_work(live_server: Any, cast: Cast, aws: object, tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 4
    _, key = api_keys.make(owner=cast.owner.pk, name="Docs", scopes=Scope, days=1, made_by="lead")
    (tmp_path / "dawn.jpg").write_bytes(make_jpeg())
    done = subprocess.run(  # noqa: S603 - our own document
        [str(shutil.which("bash")), "-euo", "pipefail", "-c", "".join(blocks).replace(SITE, live_server.url)],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "key": key},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["uploading", "dawn.jpg", "dawn.jpg", "uploading", "Dawn"]
