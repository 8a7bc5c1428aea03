"""Packages made by Zappa itself, once for all test processes of a run."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from config.aws import zappa_settings
from config.packaging import sources

Packages = Callable[[str], Path]  # the zip of a stage
ACCOUNT = "000000000000"


def made_up_outputs() -> dict[str, str]:
    """Values for every output that the settings ask for; those of the local stack where it matters."""
    asked = re.findall(r"\$\{(\w+)\}", zappa_settings.COMMITTED.read_text())
    return {
        **dict.fromkeys(asked, ""),
        "Stage": "local",
        "Region": "us-east-1",
        "CodeBucket": f"darkroom-local-code-{ACCOUNT}",
        "WebRoleArn": f"arn:aws:iam::{ACCOUNT}:role/darkroom-local-web",
        "PipelineRoleArn": f"arn:aws:iam::{ACCOUNT}:role/darkroom-local-pipeline",
        "OriginalsBucketArn": f"arn:aws:s3:::darkroom-local-originals-{ACCOUNT}",
        "RetryQueueArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:darkroom-local-retry",
        "TasksQueueArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:darkroom-local-tasks",
        "MediaTableStreamArn": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/darkroom-local-media/stream/1",
    }


def zappa(*arguments: str, directory: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run Zappa as `make deploy` does: from a directory of its own, so that nothing is left in the project."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DARKROOM_"))}
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-W", "ignore", "-m", "zappa.cli", *arguments],
        cwd=directory,
        env={**inherited, "PYTHONPATH": str(sources.PROJECT), "VIRTUAL_ENV": sys.prefix, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def packaged(stage: str, directory: Path, *, name: str = "package") -> Path:
    """The stage's package, made by `zappa package` when it is not there yet."""
    directory.mkdir(parents=True, exist_ok=True)
    target = directory / f"{name}-{stage}.zip"
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            settings = directory / "zappa_settings.json"
            zappa_settings.render(made_up_outputs(), settings)
            anybody = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing"}
            arguments = ["package", stage, "-s", str(settings), "-o", f"unfinished-{target.name}"]
            done = zappa(*arguments, directory=directory, environment=anybody)
            assert done.returncode == 0, done.stdout + done.stderr
            (directory / f"unfinished-{target.name}").rename(target)
    return target


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
