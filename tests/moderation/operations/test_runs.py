"""How the pipeline did in the last day, counted from what the table's stream tells."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from media_pipeline.record.events import RecordChange
from media_pipeline.record.models import FAILED, Image, ReviewState
from moderation.models import PipelineRun
from moderation.services.operations import runs
from tests.support.pictures import make_jpeg
from tests.support.stream import Stream, deliver
from tests.support.uploads import processed

pytestmark = pytest.mark.usefixtures("aws", "db")


def working(**facts: Any) -> Image:
    return Image("01J00000000000000000000000", owner="a", version_id="1", unfinished="3", attempts=1, **facts)


def ended(**facts: Any) -> Image:
    return Image("01J00000000000000000000000", owner="a", version_id="1", attempts=3, **facts)


def test_a_processed_image_is_counted_once(stream: Stream, rekognition: object) -> None:
    """Whatever the stream repeats."""
    processed(make_jpeg(seed=40_001))
    records = stream.records()
    for _ in range(2):
        assert deliver(records) == {"batchItemFailures": []}
    day = runs.last_day()
    assert (day.ended, day.ready, day.retries) == (1, 1, 0)
    assert day.median is not None
    assert 0 < day.median < 120


@pytest.mark.parametrize(
    ("after", "counted"),
    [
        (ended(review=ReviewState.OPEN), "in_review"),
        (ended(review=ReviewState.REJECTED), "rejected"),
        (ended(unfinished=FAILED, failure="The file is damaged."), "failed"),
    ],
)
def test_each_end_has_its_count(after: Image, counted: str) -> None:
    runs.note(RecordChange(after.image_id, working(), after))
    day = runs.last_day()
    assert getattr(day, counted) == day.ended == 1
    assert day.retries == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, working()),
        (working(), working()),
        (ended(), ended(title="new")),
        (working(), ended(review=ReviewState.CHILD_SAFETY)),
    ],
)
def test_nothing_else_is_counted(before: Image | None, after: Image) -> None:
    runs.note(RecordChange(after.image_id, before, after))
    assert runs.last_day().ended == 0


def test_an_erased_image_leaves_no_row() -> None:
    runs.note(RecordChange(ended().image_id, working(), ended()))
    runs.note(RecordChange(ended().image_id, ended(), None))
    assert not PipelineRun.objects.exists()


def test_median_and_p90_are_those_of_what_became_ready_today() -> None:
    now = timezone.now()

    def run(number: int, seconds: float, outcome: str = "ready", days: float = 0) -> PipelineRun:
        at = now - dt.timedelta(days=days)
        return PipelineRun(image_id=str(number), outcome=outcome, seconds=seconds, retries=0, ended_at=at)

    rows = [run(number, number) for number in range(1, 11)]
    PipelineRun.objects.bulk_create([*rows, run(98, 500, "failed"), run(99, 900, days=2), run(100, 900, days=9)])
    day = runs.last_day()
    assert (day.median, day.p90) == (6, 10)
    runs.trim()
    assert PipelineRun.objects.count() == 12
