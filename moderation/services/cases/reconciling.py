"""Making the cases agree with the records, whatever was lost on the way: an outage, a restore, a lost commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from media_pipeline.record.models import Image
from media_pipeline.renditions import blurring
from media_pipeline.review import queue
from moderation.models import ChildSafetyCase, ReviewCase, Score
from moderation.services.cases import alerts, projection

ALERT_DELAY = dt.timedelta(minutes=2)  # what the stream brings within this time is not late
CHUNK = 100


@dataclass(slots=True)
class Drift:
    """What was found and mended."""

    opened: int = 0  # waited in DynamoDB, not in SQL
    closed: int = 0  # the other way round
    corrected: int = 0  # said something else
    alerted: int = 0

    def counts(self) -> dict[str, int]:
        return asdict(self)


def reconcile(*, everything: bool = False) -> Drift:
    """Compare the queues of both sides; with `everything` every case there is, as after a restore."""
    drift = Drift()
    waiting, held = set(queue.waiting_ids()), set(queue.held_ids())
    known = set(ReviewCase.objects.filter(state__in=ReviewCase.WAITING).values_list("pk", flat=True))
    known_held = set(ChildSafetyCase.objects.filter(reported_at=None).values_list("pk", flat=True))
    for record in _records((waiting - known) | (held - known_held)):
        _open(record)
        drift.opened += 1
    drift.closed = _compare(known - waiting - held)
    for record in _records(known_held - held):
        projection.project(record)
    if everything:
        drift.corrected = _compare(ReviewCase.objects.values_list("pk", flat=True))
    drift.alerted = _alert()
    Score.objects.filter(at__lt=timezone.now() - dt.timedelta(days=Score.DAYS)).delete()
    return drift


def reconcile_task(task: dict[str, Any]) -> None:  # noqa: ARG001 - every task gets its message
    reconcile()


def _compare(image_ids: Iterable[str]) -> int:
    """How many cases did not say what their record says."""
    changed = 0
    for chunk in _chunks(image_ids):
        records = {record.image_id: record for record in Image.load_many(chunk)}
        for case in ReviewCase.objects.filter(pk__in=chunk):
            record = records.get(case.pk)
            if record is None:
                changed += not case.is_gone
                projection.mark_gone(case.pk)
            elif record.revision != case.revision:
                projection.project(record, instead_of=case.revision)
                changed += 1
    return changed


def _open(record: Image) -> None:
    case = ReviewCase.objects.filter(pk=record.image_id).first()
    if case is None:
        blurring.blur(record)
    projection.project(record, instead_of=case.revision if case else None)


def _alert() -> int:
    """Tell of what was opened without anybody being told."""
    untold = ReviewCase.objects.filter(
        state__in=ReviewCase.WAITING, alerted_at=None, flagged_at__lt=timezone.now() - ALERT_DELAY, is_gone=False
    ).values_list("pk", flat=True)
    return sum(alerts.publish(record) for record in _records(untold))


def _records(image_ids: Iterable[str]) -> Iterator[Image]:
    for chunk in _chunks(image_ids):
        yield from Image.load_many(chunk)


def _chunks(image_ids: Iterable[str]) -> Iterator[list[str]]:
    """In the order of their age, as many at a time as BatchGetItem takes."""
    ordered = sorted(image_ids)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
