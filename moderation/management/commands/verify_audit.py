"""Check that no entry of the audit was changed or removed, in the records and in SQL."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from moderation.models import AuditLine
from moderation.services.cases import auditing


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        broken = list(auditing.verify())
        for found in broken:
            self.stdout.write(f"{found.image_id}: {found.problem}")
        if broken:
            raise CommandError(f"The audit of {len(broken)} images is not what was written.")
        images = AuditLine.objects.values("image_id").distinct().count()
        self.stdout.write(f"{AuditLine.objects.count()} entries of {images} images are as they were written.")
