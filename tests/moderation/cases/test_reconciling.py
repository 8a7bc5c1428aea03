"""Cases and records that drifted apart, both ways."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from io import StringIO

import pytest
from django.utils import timezone

from media_pipeline.record.models import Image
from media_pipeline.review import acts
from media_pipeline.review.verdicts import Outcome, Verdict
from moderation.models import ChildSafetyCase, ReviewCase, Score
from moderation.services.cases import alerts
from tests.support.pipeline import reconcile, run_command
from tests.support.uploads import reread

Make = Callable[..., Image]
State = ReviewCase.State
pytestmark = pytest.mark.usefixtures("empty_queues")
ALLOW = Verdict(Outcome.ALLOW, batch="b")


def test_a_case_that_the_stream_never_brought_is_made(waiting: Make) -> None:
    record = waiting()
    ReviewCase.objects.all().delete()
    reconcile()
    assert ReviewCase.objects.get(pk=record.image_id).state == State.OPEN


def test_a_decision_that_sql_missed_closes_the_case(waiting: Make) -> None:
    record = waiting()
    acts.decide(reread(record), ALLOW, by="mod")
    reconcile()
    assert ReviewCase.objects.get(pk=record.image_id).state == State.DECIDED


def test_a_case_whose_image_was_erased_is_closed(waiting: Make) -> None:
    record = waiting()
    record.delete()
    reconcile()
    case = ReviewCase.objects.get(pk=record.image_id)
    assert (case.state, case.is_gone) == (State.DECIDED, True)


def test_a_held_image_without_its_case_gets_one(waiting: Make) -> None:
    record = acts.hold(waiting(), because="seen")
    reconcile()
    assert ChildSafetyCase.objects.filter(pk=record.image_id).exists()
    assert not ReviewCase.objects.filter(pk=record.image_id).exists()


def test_after_a_restore_cases_say_what_the_older_record_says(waiting: Make) -> None:
    record = waiting()
    ReviewCase.objects.filter(pk=record.image_id).update(revision=999, state=State.DECIDED, verdict="remove")
    run_command("reconcile", "--all", stdout=StringIO())
    case = ReviewCase.objects.get(pk=record.image_id)
    assert (case.revision, case.state, case.verdict) == (reread(record).revision, State.OPEN, "")


def test_doing_it_again_changes_nothing(waiting: Make) -> None:
    waiting()
    reconcile()
    before = list(ReviewCase.objects.values())
    assert reconcile(everything=True).corrected == 0
    assert list(ReviewCase.objects.values()) == before


def test_an_alert_that_was_lost_is_sent_late(waiting: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    record = waiting()
    told: list[str] = []
    monkeypatch.setattr(alerts.notifications, "publish", lambda _topic, _subject, message: told.append(message))
    reconcile()
    assert not any(record.image_id in message for message in told)  # the stream is not late yet
    ReviewCase.objects.update(flagged_at=timezone.now() - dt.timedelta(minutes=3))
    reconcile()
    reconcile()
    assert sum(record.image_id in message for message in told) == 1


def test_scores_are_kept_for_90_days(waiting: Make) -> None:
    old, new = waiting(), waiting()
    Score.objects.filter(pk=old.image_id).update(at=timezone.now() - dt.timedelta(days=91))
    reconcile()
    assert set(Score.objects.values_list("pk", flat=True)) >= {new.image_id}
    assert not Score.objects.filter(pk=old.image_id).exists()
