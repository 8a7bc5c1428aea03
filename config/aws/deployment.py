"""One stage on its way to AWS: the stack, the functions, their data and their static files, in that order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from config.aws import secrets, zappa_settings
from config.packaging import sources
from media_pipeline.errors import ConfigurationError

PROJECT = Path(__file__).parents[2]
LOCK = "deploy.lock"
# Expand first: the pipeline brings the new migrations and runs them, then comes the web, which needs them.
FUNCTIONS = ("pipeline", "web")
WANTED_CONCURRENCY = 100
ANOTHER_PYTHON = "Take another: `make clean` and `make deploy PYTHON=python3.13`."


@dataclass(frozen=True)
class Deployment:
    """`directory` takes everything that deploying this stage writes; the project itself stays as it is."""

    stage: str
    outputs: Mapping[str, str]
    directory: Path

    @property
    def settings(self) -> Path:
        return self.directory / "zappa_settings.json"

    def function_name(self, function: str) -> str:
        return f"darkroom-{self.stage}-{function}"

    def render(self, secret: Mapping[str, str]) -> None:
        """Write Zappa's settings, secrets included, for the eyes of whoever deploys only."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.settings.touch(mode=0o600)
        self.settings.chmod(0o600)
        zappa_settings.render(self.outputs, self.settings)
        rendered = json.loads(self.settings.read_text())
        rendered["base"]["aws_environment_variables"].update(secret)
        self.settings.write_text(json.dumps(rendered, indent=2))

    def zappa(self, *arguments: str) -> None:
        """Run Zappa, from a directory of its own, with our modules in reach of its callbacks."""
        command = [sys.executable, "-W", "ignore", "-m", "zappa.cli", *arguments, "-s", str(self.settings)]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT), "VIRTUAL_ENV": sys.prefix}
        done = subprocess.run(command, cwd=self.directory, env=environment, check=False)  # noqa: S603
        if done.returncode:
            raise ConfigurationError(f"`zappa {' '.join(arguments)}` failed; what it printed above says why.")

    def put_functions(self) -> Iterator[str]:
        """Deploy or update both; yields the name of each when it is there."""
        for function in FUNCTIONS:
            self.zappa("update" if self.is_deployed(function) else "deploy", function)
            yield function

    def refresh_environment(self) -> None:
        """Hand the functions what changed in the settings since Zappa put them there."""
        lambda_ = client("lambda")
        for function in FUNCTIONS:
            variables = zappa_settings.stage(self.settings, function)["aws_environment_variables"]
            name = self.function_name(function)
            lambda_.get_waiter("function_updated_v2").wait(FunctionName=name)
            lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
            lambda_.get_waiter("function_updated_v2").wait(FunctionName=name)

    def is_deployed(self, function: str) -> bool:
        lambda_ = client("lambda")
        try:
            lambda_.get_function(FunctionName=self.function_name(function))
        except lambda_.exceptions.ResourceNotFoundException:
            return False
        return True

    def manage(self, command: str) -> None:
        """Run a management command in the pipeline function, where the database can be reached."""
        answer = client("lambda").invoke(
            FunctionName=self.function_name("pipeline"), Payload=json.dumps({"manage": command}).encode()
        )
        payload = json.loads(answer["Payload"].read() or b"null")
        if "FunctionError" not in answer:
            return
        message = payload.get("errorMessage", payload)
        if payload.get("errorType") == "OperationalError":
            raise ConfigurationError(
                f"The pipeline function cannot reach the database: {message}. DATABASE_URL is /darkroom/{self.stage}/"
                "DATABASE_URL in the Parameter Store; the server must admit connections from Lambda. The new code of "
                "the pipeline is deployed, the web's is not."
            )
        raise ConfigurationError(f"`manage.py {command}` failed in the pipeline function: {message}")

    def api_url(self) -> str:
        """Where the web answers."""
        if host := self.outputs.get("AppHost"):
            return f"https://{host}/"
        stack = client("cloudformation").describe_stack_resource(
            StackName=self.function_name("web"), LogicalResourceId="Api"
        )
        api = stack["StackResourceDetail"]["PhysicalResourceId"]
        if endpoint := os.environ.get("AWS_ENDPOINT_URL"):
            return f"{endpoint}/restapis/{api}/web/_user_request_/"
        return f"https://{api}.execute-api.{self.outputs['Region']}.amazonaws.com/web/"


def client(service: str) -> Any:
    session: Any = boto3.Session()  # the stubs know its clients only by their literal names
    return session.client(service)


def directory_of(stage: str) -> Path:
    local: Path = settings.LOCAL_DIR
    return local / "deployments" / stage


def prepared(stage: str, outputs: Mapping[str, str]) -> Deployment:
    """The stage's deployment with its settings written."""
    deployment = Deployment(stage, outputs, directory_of(stage))
    deployment.render(secrets.read(client("ssm"), stage))
    return deployment


def check_account(stage: str) -> None:
    """Whether anybody may deploy from here, and the account can carry it; ConfigurationError says what is missing."""
    if stage == "local" and not os.environ.get("AWS_ENDPOINT_URL"):
        raise ConfigurationError("The stage `local` is the embedded AWS of `make run`. Name another: STAGE=production.")
    runtime = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if stage != "local" and runtime not in sources.GLIBC:
        raise ConfigurationError(f"The functions run on Python 3.12 or 3.13, but this is {runtime}. {ANOTHER_PYTHON}")
    if stage != "local" and sys.platform == "linux" and (names := sources.too_new(runtime)):
        raise ConfigurationError(f"Lambda's {runtime} has too old a C library for {', '.join(names)}. {ANOTHER_PYTHON}")
    try:
        if boto3.Session().region_name is None:
            raise ConfigurationError("No region is set. Set one: export AWS_DEFAULT_REGION=eu-central-1")
        client("sts").get_caller_identity()
        limits = client("lambda").get_account_settings()["AccountLimit"]
    except (BotoCoreError, ClientError) as error:
        raise ConfigurationError(
            f"AWS does not accept these credentials: {error}. `aws configure` or AWS_PROFILE says who deploys."
        ) from error
    if limits["ConcurrentExecutions"] < WANTED_CONCURRENCY:
        raise ConfigurationError(
            f"This account may run {limits['ConcurrentExecutions']} functions at a time; Darkroom wants "
            f"{WANTED_CONCURRENCY}. Ask for more, at no charge: aws service-quotas request-service-quota-increase "
            "--service-code lambda --quota-code L-B99A9384 --desired-value 1000"
        )


def check_certificate(arn: str) -> None:
    """The certificate of your own domain: issued, and good for two more weeks."""
    found = client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    if found["Status"] != "ISSUED":
        raise ConfigurationError(
            f"The certificate {arn} (parameter CertificateArn) is {found['Status']}, so no browser would accept it. "
            "Renew it in ACM, or pass another."
        )
    days = (found["NotAfter"] - datetime.now(UTC)).days
    if days < 14:
        raise ConfigurationError(
            f"The certificate {arn} (parameter CertificateArn) ends in {days} days, and ACM has not renewed it: its "
            "validation record is no longer in the DNS. Put it back."
        )


@contextmanager
def alone(bucket: str) -> Iterator[None]:
    """Hold the stage's lock: two deploys at the same time would each undo half of the other."""
    s3 = client("s3")
    who = f"{os.environ.get('USER', 'somebody')}, {datetime.now(UTC):%d %B %H:%M} UTC"
    try:
        s3.put_object(Bucket=bucket, Key=LOCK, Body=who.encode(), IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"PreconditionFailed", "ConditionalRequestConflict"}:
            raise
        holder = s3.get_object(Bucket=bucket, Key=LOCK)["Body"].read().decode()
        raise ConfigurationError(
            f"Another deploy is running ({holder}). Wait for it; if it died, remove its lock: "
            f"aws s3 rm s3://{bucket}/{LOCK}"
        ) from error
    try:
        yield
    finally:
        s3.delete_object(Bucket=bucket, Key=LOCK)
