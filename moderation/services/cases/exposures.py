"""Showing the clear image: only when asked, signed for a minute, and counted."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone

from media_pipeline.errors import NotFoundError
from media_pipeline.record.models import Image
from media_pipeline.storage import signing
from media_pipeline.storage.signing import Purpose
from moderation.models import Exposure
from moderation.roles import May, Moderator

CLEAR = "large"
MAX_MILLISECONDS = 600_000  # milliseconds; who leaves a key pressed has not looked at it for an hour


def reveal(viewer: Moderator, image_id: str) -> str:
    """The address of the clear image."""
    viewer.require(May.DECIDE, May.DECIDE_APPEAL)
    record = Image.load(image_id)
    url = signing.sign(record, viewer.reader, Purpose.VIEW, CLEAR) if record else None
    if url is None:
        raise NotFoundError("There is nothing to show of this image.")
    today, _ = Exposure.objects.get_or_create(moderator_id=viewer.id, day=timezone.now().date())
    Exposure.objects.filter(pk=today.pk).update(reveals=F("reveals") + 1)
    return url


def looked(viewer: Moderator, milliseconds: int) -> None:
    """How long it was looked at, told when it is covered again."""
    spent = max(0, min(milliseconds, MAX_MILLISECONDS))
    Exposure.objects.filter(moderator_id=viewer.id, day=timezone.now().date()).update(
        milliseconds=F("milliseconds") + spent
    )
