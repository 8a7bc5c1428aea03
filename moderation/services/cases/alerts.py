"""Telling the topic `flagged` that an image waits for a decision: once an image, at least."""

from __future__ import annotations

import json

from django.utils import timezone

from media_pipeline.aws import notifications
from media_pipeline.conf import conf
from media_pipeline.record.models import Image
from media_pipeline.review import acts, judgement
from moderation.models import ReviewCase

SUBJECT = "Inappropriate content detected"


def publish(record: Image) -> bool:
    """Tell of a review that opened for the first time; False when that was told before.

    Undone, reopened and appealed reviews, and further flags on an open one, are not told again. The case remembers
    the message after it was sent, so a crash in between sends it twice and never not at all.
    """
    untold = ReviewCase.objects.filter(pk=record.image_id, alerted_at__isnull=True)
    if not untold.exists():
        return False
    notifications.publish(conf.flagged_topic_arn, SUBJECT, message(record))
    untold.update(alerted_at=timezone.now())
    return True


def message(record: Image) -> str:
    return json.dumps(
        {
            "image_id": record.image_id,
            "key": record.object_key,
            "labels": judgement.labels_of(record),
            "flags": [{"kind": flag.kind.value, "about": _public(flag)} for flag in acts.flags_of(record)],
            "console": f"{conf.site_url}/admin/review/{record.image_id}",
        }
    )


def _public(flag: acts.Flag) -> str:
    """A reporter's words stay in the console."""
    return "" if flag.kind is acts.FlagKind.REPORT else flag.about
