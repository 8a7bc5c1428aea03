"""Take a stage's functions and API away. Images, records, queues and the stack that holds them stay."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.aws import deployment, stack
from media_pipeline.errors import ConfigurationError


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stage", required=True)
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, stage: str, yes: bool, **options: Any) -> None:  # noqa: ARG002
        if not yes and input(f"Take Darkroom {stage} off the net? Its data stay. [y/N] ").strip().lower() != "y":
            raise CommandError("Nothing was changed.")
        try:
            deployment.check_account(stage)
            outputs = stack.outputs_when_settled(deployment.client("cloudformation"), f"darkroom-{stage}")
            with deployment.alone(outputs["CodeBucket"]):
                there = deployment.prepared(stage, outputs)
                for function in reversed(deployment.FUNCTIONS):
                    if there.is_deployed(function):
                        there.zappa("undeploy", function, "--yes")
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Darkroom {stage} is off. `make deploy STAGE={stage}` brings it back with all its data.")
