"""How the pipeline does: one row an image when it ends, kept for a few days and counted for the operations page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from media_pipeline.record.events import RecordChange
from media_pipeline.record.models import Image, ReviewState
from moderation.models import PipelineRun

Outcome = PipelineRun.Outcome
DAY = dt.timedelta(days=1)
KEPT = 7 * DAY


@dataclass(frozen=True, slots=True)
class LastDay:
    """Of what ended in the last day; `median` and `p90` are seconds until ready, None while nothing was."""

    ready: int
    in_review: int
    rejected: int
    failed: int
    retries: int
    median: float | None
    p90: float | None

    @property
    def ended(self) -> int:
        return self.ready + self.in_review + self.rejected + self.failed


def note(change: RecordChange) -> None:
    """Write down how the pipeline ended with an image, if this change is that end; the same change twice is one."""
    before, after = change.before, change.after
    if after is None:
        PipelineRun.objects.filter(image_id=change.image_id).delete()
        return
    if before is None or not _ends(before, after) or after.review == ReviewState.CHILD_SAFETY:
        return
    now = timezone.now()
    values = {
        "outcome": after.status.value,
        "seconds": (now - after.created_at).total_seconds(),
        "retries": max(0, int(after.attempts) - 1),
        "ended_at": now,
    }
    if after.status.value in Outcome.values:
        PipelineRun.objects.update_or_create(image_id=after.image_id, defaults=values)


def _ends(before: Image, after: Image) -> bool:
    if after.failure:
        return not before.failure
    return before.unfinished is not None and after.unfinished is None


def last_day() -> LastDay:
    runs = PipelineRun.objects.filter(ended_at__gte=timezone.now() - DAY)
    counts = dict(runs.values_list("outcome").annotate(Count("pk")))
    seconds = runs.filter(outcome=Outcome.READY).order_by("seconds").values_list("seconds", flat=True)
    ready = counts.get(Outcome.READY, 0)
    return LastDay(
        ready=ready,
        in_review=counts.get(Outcome.IN_REVIEW, 0),
        rejected=counts.get(Outcome.REJECTED, 0),
        failed=counts.get(Outcome.FAILED, 0),
        retries=runs.aggregate(sum=Sum("retries"))["sum"] or 0,
        median=_at(seconds, ready, 0.5),
        p90=_at(seconds, ready, 0.9),
    )


def _at(ordered: QuerySet[PipelineRun, float], count: int, share: float) -> float | None:
    """The database sorts; only the one value comes here, of a day with a million images, too."""
    return ordered[min(count - 1, int(count * share))] if count else None


def trim() -> None:
    PipelineRun.objects.filter(ended_at__lt=timezone.now() - KEPT).delete()
