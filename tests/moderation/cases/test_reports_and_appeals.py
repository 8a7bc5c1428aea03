"""Reports and appeals through the API, and what owners are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from media_pipeline.record.models import Image, Status, new_image_id
from media_pipeline.review import acts
from media_pipeline.review.verdicts import Outcome, Verdict
from moderation.models import Statement
from moderation.services.cases import statements
from tests.support.people import Cast
from tests.support.pipeline import project
from tests.support.uploads import reread

Make = Callable[..., Image]
REMOVE = Verdict(Outcome.REMOVE, "violence", 1, batch="b")
ARTICLE_17_3 = {
    "decision_visibility",
    "territorial_scope",
    "duration",
    "facts",
    "source_type",
    "automated_detection",
    "automated_decision",
    "decision_ground",
    "reference",
    "explanation",
    "redress",
}


@pytest.fixture
def client() -> APIClient:
    return APIClient()


def signed_in(user: Any) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def say(client: APIClient, record_id: str, what: str, reason: str = "It is a toy.") -> Any:
    return client.post(f"/api/v1/images/{record_id}/{what}", {"reason": reason})


def removed(record: Image) -> Image:
    decided = acts.decide(reread(record), REMOVE, by="mod")
    project(decided)
    return decided


class TestReports:
    def test_anybody_signed_in_may_report_an_image(self, waiting: Make, cast: Cast) -> None:
        record = waiting(owner=cast.owner.pk)
        assert say(signed_in(cast.stranger), record.image_id, "report").status_code == 202
        assert acts.flags_of(reread(record))[-1].by == cast.stranger.pk

    def test_the_answer_does_not_tell_which_images_exist(self, waiting: Make, cast: Cast) -> None:
        client = signed_in(cast.stranger)
        answers = [say(client, image_id, "report") for image_id in (waiting().image_id, new_image_id(), "nonsense")]
        assert {answer.status_code for answer in answers} == {202}

    def test_it_needs_an_account_and_words(self, waiting: Make, cast: Cast, client: APIClient) -> None:
        record = waiting()
        assert say(client, record.image_id, "report").status_code in {401, 403}
        assert say(signed_in(cast.stranger), record.image_id, "report", "  ").status_code == 400


class TestAppeals:
    def test_the_owner_appeals_once(self, waiting: Make, cast: Cast) -> None:
        record = removed(waiting(owner=cast.owner.pk))
        client = signed_in(cast.owner)
        assert say(client, record.image_id, "appeal").status_code == 202
        again = say(client, record.image_id, "appeal")
        assert again.status_code == 409
        assert again.json()["detail"].startswith("This decision has been appealed already")
        assert reread(record).status is Status.REJECTED

    def test_for_strangers_there_is_no_such_image(self, waiting: Make, cast: Cast) -> None:
        record = removed(waiting(owner=cast.owner.pk))
        assert say(signed_in(cast.stranger), record.image_id, "appeal").status_code == 404


class TestStatements:
    def due(self) -> None:
        Statement.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))

    def test_a_removal_is_explained_with_everything_the_law_asks_for(self, waiting: Make, cast: Cast) -> None:
        record = removed(waiting(owner=cast.owner.pk, filename="toy.jpg"))
        assert statements.send_due() == 0  # a minute is left to undo it
        self.due()
        assert statements.send_due() == 1
        (letter,) = mail.outbox
        assert (letter.to, letter.subject) == (["alice@example.com"], "Our decision on toy.jpg")
        (told,) = signed_in(cast.owner).get(f"/api/v1/images/{record.image_id}/statements").json()
        assert told["body"].keys() >= ARTICLE_17_3
        assert told["body"]["automated_decision"] is False
        assert told["body"]["automated_detection"] is True
        assert "mod" not in str(told["body"].values())

    def test_it_is_sent_once(self, waiting: Make, cast: Cast) -> None:
        record = removed(waiting(owner=cast.owner.pk))
        self.due()
        statements.send_due()
        project(reread(record))
        assert statements.send_due() == 0
        assert len(mail.outbox) == 1

    def test_an_undo_within_the_minute_leaves_no_trace_at_the_owners(self, waiting: Make, cast: Cast) -> None:
        record = removed(waiting(owner=cast.owner.pk))
        project(acts.undo(record, batch="b", by="mod"))
        assert not Statement.objects.filter(image_id=record.image_id).exists()

    def test_a_later_undo_sends_a_retraction(self, waiting: Make, cast: Cast) -> None:
        record = removed(waiting(owner=cast.owner.pk, filename="toy.jpg"))
        self.due()
        statements.send_due()
        project(acts.undo(record, batch="b", by="mod"))
        self.due()
        statements.send_due()
        assert [letter.subject for letter in mail.outbox] == [
            "Our decision on toy.jpg",
            "Our decision on toy.jpg no longer stands",
        ]

    def test_nobody_is_told_of_an_image_that_is_held(self, waiting: Make, cast: Cast) -> None:
        record = removed(waiting(owner=cast.owner.pk))
        project(acts.hold(record, because="seen", by="mod"))
        self.due()
        assert statements.send_due() == 0
        assert not Statement.objects.filter(image_id=record.image_id).exists()

    def test_an_allowed_image_needs_no_reasons(self, waiting: Make, cast: Cast) -> None:
        record = waiting(owner=cast.owner.pk)
        project(acts.decide(record, Verdict(Outcome.ALLOW, batch="b"), by="mod"))
        assert not Statement.objects.filter(image_id=record.image_id).exists()
