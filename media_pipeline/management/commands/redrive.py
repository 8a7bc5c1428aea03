"""Try again what failed for good, once its cause is mended: `zappa manage pipeline redrive`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from media_pipeline.aws import dead_letters
from media_pipeline.aws.dead_letters import Kind


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        went, left = dead_letters.redrive()
        for kind, count in sorted(went.items()):
            done = "let go, the next run does it" if kind == Kind.SCHEDULE else "given back to its queue"
            self.stdout.write(f"{count} {kind}: {done}")
        for letter in left:
            remedy = (
                "run `reconcile`, then discard it" if letter.kind is Kind.CHANGES else "look at it, then discard it"
            )
            self.stdout.write(f"left, {letter.kind} {letter.message_id}: {remedy}: {letter.body[:300]}")
        if not went and not left:
            self.stdout.write("There are no dead letters.")
