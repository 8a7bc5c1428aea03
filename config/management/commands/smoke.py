"""Check on a real account what no emulator can tell. docs/unverified.md says which line stands for what."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.aws import deployment, smoke, stack
from media_pipeline.errors import ConfigurationError


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stage", required=True)

    def handle(self, *args: Any, stage: str, **options: Any) -> None:  # noqa: ARG002
        try:
            deployment.check_account(stage)
            outputs = stack.outputs_when_settled(deployment.client("cloudformation"), f"darkroom-{stage}")
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
        failed = 0
        for finding in smoke.findings(deployment.Deployment(stage, outputs, deployment.directory_of(stage))):
            mark = {True: "ok  ", False: "FAIL", None: "  - "}[finding.holds]
            self.stdout.write(f"{mark} {finding.name}{': ' + finding.detail if finding.detail else ''}")
            failed += finding.holds is False
        if failed:
            raise CommandError(f"{failed} of the checks failed.")
