"""The embedded AWS: one ministack subprocess, provisioned from the template that production uses.

Its data live in one directory and are there at the next start. The application meets it only through the environment
that `environment()` returns; nothing in it knows that this is not Amazon's AWS.
"""

from __future__ import annotations

import configparser
import os
import shlex
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

import boto3
import botocore.session

from config.aws import stack, zappa_settings
from config.local_aws import ports
from config.local_aws.process import Child
from media_pipeline.errors import ConfigurationError

Role = Literal["web", "pipeline"]

REGION = "us-east-1"
STACK = "darkroom-local"
ROOT = "000000000000"  # to ministack a key id of twelve digits is the root user of that account
START_SECONDS = 120  # on a busy machine; one that cannot start ends at once


class Emulator:
    """Usage: `start()`, `provision()`, then run programs under `environment(role)`, `stop()`."""

    def __init__(
        self, directory: Path, port: int, *, elsewhere: Mapping[str, str] | None = None, in_memory: bool = False
    ) -> None:
        """`elsewhere` holds the variables of services that another program plays, such as Rekognition.

        With `in_memory` its data end with it, and take less time.
        """
        self.directory = directory
        self.port = port
        self.endpoint = f"http://127.0.0.1:{port}"
        self.zappa_settings = directory / "zappa_settings.json"
        self.elsewhere = elsewhere or {}
        self.in_memory = in_memory
        self.outputs: dict[str, str] = {}
        self.child: Child | None = None
        self._root_clients: dict[str, Any] = {}

    # The subprocess

    def start(self) -> Child:
        """Start it and wait until it answers; ConfigurationError says why it does not."""
        if not ports.is_free(self.port):
            raise ConfigurationError(f"The embedded AWS needs port {self.port}, but another program has it.")
        self.directory.mkdir(parents=True, exist_ok=True)
        log = self.directory / "emulator.log"
        self.child = Child("config.local_aws.server", str(self.port), environment=self._settings(), log=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.child.exit_status is not None or time.monotonic() > deadline:
                self.stop()
                raise ConfigurationError(f"The embedded AWS does not start on port {self.port}; {log} says why.")
            time.sleep(0.02)
        return self.child

    def stop(self) -> None:
        if self.child:
            self.child.stop(patience=60)  # it writes down everything it knows
            self.child = None

    def kill(self) -> None:
        """Pull the plug, as a crash would."""
        if self.child:
            self.child.kill()
            self.child = None

    def _settings(self) -> dict[str, str]:
        on_disk = "0" if self.in_memory else "1"
        return {
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "AUTH": "true",
            "PERSIST_STATE": on_disk,
            "STATE_DIR": str(self.directory / "state"),
            "S3_PERSIST": on_disk,
            "S3_DATA_DIR": str(self.directory / "s3"),
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "DOCKER_HOST": "unix:///nonexistent",  # it would look for containers of its own, and we have none
            "LOG_LEVEL": "WARNING",
        }

    def _answers(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open(f"{self.endpoint}/_ministack/health", timeout=5).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        return True

    # What is in it

    def provision(self, *, origins: str = "http://127.0.0.1:8000,http://localhost:8000") -> None:
        """Bring the stack to the template, and write down what programs need to reach it.

        That is: the rendered Zappa settings, the AWS profiles `web` and `pipeline`, and for shells `web.env` and
        `pipeline.env`, which hold `environment(role)`.
        """
        self.outputs = stack.deploy(
            self.root_client("cloudformation"),
            STACK,
            {"Stage": "local", "AppOrigins": origins, "RetryVisibilitySeconds": "60"},
        )
        zappa_settings.render(self.outputs, self.zappa_settings)
        self._write_profiles(self._access_key(self.outputs["LocalUserName"]))
        for role in get_args(Role):
            lines = [f"{name}={shlex.quote(value)}\n" for name, value in self.environment(role).items()]
            (self.directory / f"{role}.env").write_text("".join(lines))

    def environment(self, role: Role) -> dict[str, str]:
        """What a program needs to run as one of the functions: the variables Zappa would set, and where AWS is."""
        return {**zappa_settings.stage(self.zappa_settings, role)["aws_environment_variables"], **self.aws(role)}

    def aws(self, profile: str) -> dict[str, str]:
        """Where AWS is, and as whom to speak to it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CONFIG_FILE": str(self.directory / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.directory / "credentials"),
            "AWS_PROFILE": profile,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1,localhost",
            **self.elsewhere,
        }

    def root_client(self, service: str) -> Any:
        """A client that may do anything: for provisioning, and for tests that look behind the curtain."""
        if service not in self._root_clients:
            self._root_clients[service] = self._new_root_client(service)
        return self._root_clients[service]

    def _new_root_client(self, service: str) -> Any:
        # Without this, botocore looks for the profile that AWS_PROFILE names, which may not be written yet.
        no_profile = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
        session: Any = boto3.Session(
            aws_access_key_id=ROOT, aws_secret_access_key=ROOT, region_name=REGION, botocore_session=no_profile
        )
        return session.client(service, endpoint_url=self.endpoint)

    def _access_key(self, user: str) -> tuple[str, str]:
        """The user's key; made by a call, because ministack has no AWS::IAM::AccessKey."""
        iam = self.root_client("iam")
        valid = [key["AccessKeyId"] for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]]
        kept = configparser.ConfigParser()
        kept.read(self.directory / "credentials")
        if kept.has_section("local") and kept["local"]["aws_access_key_id"] in valid:
            return kept["local"]["aws_access_key_id"], kept["local"]["aws_secret_access_key"]
        for key_id in valid:
            iam.delete_access_key(UserName=user, AccessKeyId=key_id)
        key = iam.create_access_key(UserName=user)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def _write_profiles(self, access_key: tuple[str, str]) -> None:
        credentials = configparser.ConfigParser()
        credentials["local"] = {"aws_access_key_id": access_key[0], "aws_secret_access_key": access_key[1]}
        profiles = configparser.ConfigParser()
        profiles["profile local"] = {"region": REGION}
        for role, output in (("web", "WebRoleArn"), ("pipeline", "PipelineRoleArn")):
            profiles[f"profile {role}"] = {
                "region": REGION,
                "role_arn": self.outputs[output],
                "role_session_name": role,
                "source_profile": "local",
            }
        for name, parser in (("credentials", credentials), ("config", profiles)):
            path = self.directory / name
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                parser.write(file)
