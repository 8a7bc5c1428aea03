"""Images held for child safety: reported and kept, or released when it was a mistake. For one role alone."""

from __future__ import annotations

from media_pipeline.errors import NotFoundError
from media_pipeline.record.models import Image
from media_pipeline.review import acts
from moderation.roles import May, Moderator
from moderation.services.cases import projection


def file(viewer: Moderator, image_id: str, reference: str) -> None:
    """Note that the report was filed, under the reference that the authority gave it."""
    viewer.require(May.DECIDE_CHILD_SAFETY)
    projection.project(acts.file_report(_held(image_id), reference=reference, by=viewer.id))


def release(viewer: Moderator, image_id: str, reason: str) -> None:
    """It was no such image: it goes back to ordinary review, still undelivered."""
    viewer.require(May.DECIDE_CHILD_SAFETY)
    projection.project(acts.release(_held(image_id), reason=reason, by=viewer.id))


def _held(image_id: str) -> Image:
    record = Image.load(image_id)
    if record is None:
        raise NotFoundError("There is no image with this id.")
    return record
