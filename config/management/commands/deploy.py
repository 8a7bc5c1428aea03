"""Everything from an empty account to a running stage, and from one release to the next. `make deploy STAGE=...`"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from config.aws import deployment, static_files
from config.aws.deployment import Deployment
from config.management.commands import provision
from media_pipeline.errors import ConfigurationError


class Command(provision.Command):
    help = __doc__ or ""

    def handle(self, *args: Any, stage: str, parameter: list[str], yes: bool, **options: Any) -> None:  # noqa: ARG002
        try:
            deployment.check_account(stage)
            self.step("1/6", "The stack")
            outputs = self.bring_about(stage, provision.parameters(stage, parameter), yes=yes)
            with ExitStack() as held:
                held.enter_context(deployment.alone(outputs["CodeBucket"]))
                self.deploy(stage, outputs, yes=yes)
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
        self.step("6/6", "Smoke test")
        call_command("smoke", stage=stage, stdout=self.stdout)

    def deploy(self, stage: str, outputs: dict[str, str], *, yes: bool) -> None:
        if outputs.get("AppHost"):
            deployment.check_certificate(outputs["CertificateArn"])
        there = deployment.prepared(stage, outputs)
        self.step("2/6", "The functions: first the pipeline, with its migrations, then the web")
        for function in there.put_functions():
            if function == "pipeline":
                self.step("3/6", "Migrations")
                there.manage("migrate --noinput")
        if outputs.get("AppHost"):
            there.zappa("certify", "web", "--yes")
        self.step("4/6", "Static files")
        self.put_static_files(there)
        self.step("5/6", "The address")
        self.admit_origin(there, yes=yes)
        self.stdout.write(f"Darkroom {stage}: {there.api_url()}")

    def put_static_files(self, there: Deployment) -> None:
        if "StaticBucket" not in there.outputs:
            self.stdout.write("The stage has no bucket for them: WhiteNoise serves them on a laptop.")
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        directory: Path = settings.STATIC_ROOT
        count = static_files.upload(deployment.client("s3"), there.outputs["StaticBucket"], directory)
        static_files.invalidate(deployment.client("cloudfront"), there.outputs["DistributionId"])
        self.stdout.write(f"{count} files.")

    def admit_origin(self, there: Deployment, *, yes: bool) -> None:
        """Let pages from the web's address use the buckets, and tell the functions of it: API Gateway gives it now."""
        if there.stage == "local":
            return
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(there.api_url()))
        outputs = self.bring_about(there.stage, {"Stage": there.stage, "AppOrigins": origin}, yes=yes)
        if outputs != there.outputs:
            deployment.prepared(there.stage, outputs).refresh_environment()

    def step(self, number: str, name: str) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"[{number}] {name}"))
