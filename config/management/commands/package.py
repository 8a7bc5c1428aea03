"""Make the zips of both functions, without an account, and print their sizes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.aws import deployment, zappa_settings
from media_pipeline.errors import ConfigurationError


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        there = deployment.Deployment("package", placeholders(), deployment.directory_of("package"))
        try:
            there.render({})
            for function in deployment.FUNCTIONS:
                there.zappa("package", function, "-o", f"{function}.zip")
                self.stdout.write(str(Path(there.directory, f"{function}.zip")))
        except ConfigurationError as error:
            raise CommandError(str(error)) from error


def placeholders() -> dict[str, str]:
    """Values for what only a stack knows: a package holds little more of it than the sources of events."""
    asked = re.findall(r"\$\{(\w+)\}", zappa_settings.COMMITTED.read_text())
    arns = {name: f"arn:aws:{service}:::package" for name, service in SERVICES.items()}
    return {**dict.fromkeys(asked, "package"), **arns, "Region": "us-east-1"}


SERVICES = {
    "OriginalsBucketArn": "s3",
    "RetryQueueArn": "sqs",
    "TasksQueueArn": "sqs",
    "MediaTableStreamArn": "dynamodb",
}
