"""Forget a person, an image or an account in every store, or say first what that would remove."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from media_pipeline.errors import DarkroomError
from moderation.models import Erasure, Person, User
from moderation.services.privacy import jobs, traces
from moderation.services.privacy.steps import needles_of


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        subject = parser.add_mutually_exclusive_group(required=True)
        subject.add_argument("--person", help="id of a person")
        subject.add_argument("--library", help="id of a library: all its vectors and people, and its consent")
        subject.add_argument("--image", help="id of an image")
        subject.add_argument("--account", help="id, name or e-mail address of an account, with its library")
        parser.add_argument("--dry-run", action="store_true", help="only list what would be removed")
        parser.add_argument("--verify", action="store_true", help="read every store afterwards, for anything left")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        kind, subject = _subject(options)
        if options["dry_run"]:
            self._print(jobs.plan(kind, subject))
            return
        needles = needles_of(kind, subject)
        try:
            erasure = jobs.run(kind, subject)
        except DarkroomError as error:
            raise CommandError(str(error)) from error
        self._print(erasure.removed)
        if options["verify"]:
            self._verify(needles)

    def _print(self, counts: dict[str, int]) -> None:
        for what, number in counts.items():
            self.stdout.write(f"{number:8} {what}")

    def _verify(self, needles: set[str]) -> None:
        left = traces.find(needles)
        for trace in left:
            self.stdout.write(f"{trace.store} {trace.place}: {trace.needle}")
        if left:
            raise CommandError(f"{len(left)} traces are left.")
        self.stdout.write("Nothing is left in any store.")


def _subject(options: dict[str, Any]) -> tuple[str, str]:
    if options["person"]:
        if not Person.objects.filter(pk=options["person"]).exists():
            raise CommandError("There is no person with this id.")
        return Erasure.Kind.PERSON, options["person"]
    if options["account"]:
        given = options["account"]
        found = User.objects.filter(pk=given) or User.objects.filter(username=given) or User.objects.filter(email=given)
        if not found:
            raise CommandError("There is no account with this id, name or address.")
        return Erasure.Kind.ACCOUNT, found[0].pk
    if options["image"]:
        return Erasure.Kind.IMAGE, options["image"]
    return Erasure.Kind.CONSENT, options["library"]
