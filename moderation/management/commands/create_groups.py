"""Make the roles of moderators as groups, and the policies that decisions name. May run again at any time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from moderation import roles
from moderation.services.cases import policies


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        roles.create_groups()
        policies.create_defaults()
        if options["verbosity"]:
            self.stdout.write(f"Roles: {', '.join(roles.ROLES)}.")
