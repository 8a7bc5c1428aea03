"""Make the review cases agree with the images' records: after an outage of the stream, or a restore of either side."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from moderation.services.cases import reconciling
from moderation.services.people import drift as face_drift


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--faces", action="store_true", help="compare vectors, records and names of faces, too")
        parser.add_argument("--all", action="store_true", help="compare every case, not only those that wait")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        if options["faces"]:
            for what, number in face_drift.reconcile().counts().items():
                self.stdout.write(f"{number:8} {what.replace('_', ' ')}")
        drift = reconciling.reconcile(everything=options["all"])
        self.stdout.write(
            f"{drift.opened} cases opened, {drift.closed} closed, {drift.corrected} corrected, "
            f"{drift.alerted} alerts sent late."
        )
