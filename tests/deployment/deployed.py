"""Both stages on the embedded AWS, deployed by the very command that production uses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from config.aws import deployment
from config.aws.deployment import Deployment
from config.local_aws.emulator import ROOT, Emulator
from tests.support.waiting import HANGS

SECRET_KEY = "signs tokens in tests of a deployment, and nowhere else"


@dataclass(frozen=True)
class Deployed:
    aws: Emulator
    directory: Path

    @property
    def environment(self) -> dict[str, str]:
        """Of whoever deploys: everything is allowed."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DARKROOM_"))}
        return {
            **inherited,
            "AWS_ENDPOINT_URL": self.aws.endpoint,
            "AWS_ACCESS_KEY_ID": ROOT,
            "AWS_SECRET_ACCESS_KEY": ROOT,
            "AWS_DEFAULT_REGION": "us-east-1",
            "NO_PROXY": "127.0.0.1,localhost",
            "DARKROOM_LOCAL_DIR": str(self.directory),
        }

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One of our commands, as whoever deploys runs it."""
        command = [sys.executable, "-W", "ignore", str(deployment.PROJECT / "manage.py"), *arguments]
        return subprocess.run(  # noqa: S603 - our own command
            command, env=self.environment, capture_output=True, text=True, check=False
        )

    def client(self, service: str) -> Any:
        return self.aws.root_client(service)

    @property
    def there(self) -> Deployment:
        return Deployment("local", self.aws.outputs, self.directory / "deployments" / "local")

    @property
    def api(self) -> str:
        found = self.client("cloudformation").describe_stack_resource(
            StackName="darkroom-local-web", LogicalResourceId="Api"
        )
        api = found["StackResourceDetail"]["PhysicalResourceId"]
        return f"{self.aws.endpoint}/restapis/{api}/web/_user_request_"

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        return requests.request(method, self.api + path, timeout=HANGS, **arguments)

    def invoke(self, function: str, event: object) -> tuple[bool, Any]:
        """(whether it failed, what it answered)"""
        answer = self.client("lambda").invoke(
            FunctionName=f"darkroom-local-{function}", Payload=json.dumps(event).encode()
        )
        return "FunctionError" in answer, json.loads(answer["Payload"].read() or b"null")


def eventually(found: Callable[[], Any], *, seconds: float = HANGS) -> Any:
    """What `found` returns as soon as that is true; its last answer when time is up."""
    deadline = time.monotonic() + seconds
    while not (answer := found()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return answer
