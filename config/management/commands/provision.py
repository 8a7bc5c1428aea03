"""Bring the stack of a stage to the template, after showing what would change, and render Zappa's settings from it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.aws import deployment, stack
from media_pipeline.errors import ConfigurationError


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stage", required=True, help="production, say; part of every name")
        parser.add_argument(
            "--parameter",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="of config/aws/template.yaml; `NAME=@file` takes the value from a file. Others keep their values",
        )
        parser.add_argument("--yes", action="store_true", help="carry the changes out without asking")

    def handle(self, *args: Any, stage: str, parameter: list[str], yes: bool, **options: Any) -> None:  # noqa: ARG002
        try:
            deployment.check_account(stage)
            outputs = self.bring_about(stage, parameters(stage, parameter), yes=yes)
            settings = deployment.prepared(stage, outputs).settings
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Zappa's settings: {settings}")

    def bring_about(self, stage: str, wanted: dict[str, str], *, yes: bool) -> dict[str, str]:
        """Show the change set, ask, execute; the stack's outputs."""
        cloudformation, name = deployment.client("cloudformation"), f"darkroom-{stage}"
        proposal = stack.propose(cloudformation, name, wanted)
        if proposal is None:
            self.stdout.write(f"The stack {name} is up to date.")
            return stack.outputs_when_settled(cloudformation, name)
        self.stdout.write(f"Changes to the stack {name}:")
        for line in proposal.changes:
            self.stdout.write(f"  {line}")
        if not yes and input("Carry them out? [y/N] ").strip().lower() != "y":
            cloudformation.delete_change_set(StackName=name, ChangeSetName=proposal.change_set)
            raise CommandError("Nothing was changed.")
        return stack.execute(cloudformation, proposal)


def parameters(stage: str, given: list[str]) -> dict[str, str]:
    """`NAME=VALUE` arguments as the template's parameters."""
    found = {"Stage": stage}
    for argument in given:
        name, separator, value = argument.partition("=")
        if not separator:
            raise ConfigurationError(f"--parameter takes NAME=VALUE, not {argument!r}.")
        if value.startswith("@"):
            try:
                with open(value[1:]) as file:  # noqa: PTH123 - a name from the command line
                    value = file.read()
            except OSError as error:
                raise ConfigurationError(f"--parameter {name}: {error.strerror}: {value[1:]}") from error
        found[name] = value
    return found
