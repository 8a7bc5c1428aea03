"""The queue's list: found, sorted and filtered, at the same price for fifty thousand cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_pipeline.aws import clients
from media_pipeline.record.models import Image, new_image_id
from moderation.models import ReviewCase
from tests.support.cases import EXPLICIT, WEAPONS
from tests.support.moderators import People

Make = Callable[..., Image]
QUEUE = "/admin/moderation/reviewcase/"


@pytest.fixture
def moderator(aws: object, people: People) -> Client:
    client = Client()
    client.force_login(people.user("moderator"))
    return client


def fill(count: int) -> None:
    now = timezone.now()
    ReviewCase.objects.bulk_create(
        [
            ReviewCase(
                image_id=(image_id := new_image_id()),
                revision=1,
                owner=f"owner-{number % 500}",
                filename=f"DSC_{number:05}.jpg",
                source=ReviewCase.Source.LABEL,
                label=("Weapons", "Alcohol", "Explicit Nudity")[number % 3],
                confidence=60 + number % 40,
                threshold=80,
                severity=1 + number % 4,
                group=image_id,
                flagged_at=now - dt.timedelta(minutes=number % 5000),
                due_at=now + dt.timedelta(minutes=number % 900 - 100),
            )
            for number in range(count)
        ],
        batch_size=5000,
    )


ASKED = ("", "?view=near", "?label=Weapons&band=90", "?o=-4", "?q=DSC_00042", "?age=late&source=label")


@pytest.mark.parametrize("count", [1_000, pytest.param(50_000, marks=pytest.mark.slow)])
def test_a_hundred_rows_cost_ten_statements_and_no_dynamodb(moderator: Client, count: int) -> None:
    """However many cases there are."""
    fill(count)
    calls: list[str] = []
    clients.client("dynamodb").meta.events.register("before-call", lambda model, **_: calls.append(model.name))
    for asked in ASKED:
        with CaptureQueriesContext(connection) as statements:
            answer = moderator.get(QUEUE + asked)
        assert answer.status_code == 200
        assert len(statements) <= 10, (asked, [statement["sql"][:120] for statement in statements])
    assert calls == []


class TestWhatItShows:
    def rows(self, client: Client, asked: str = "") -> list[str]:
        answer: Any = client.get(QUEUE + asked)
        return [case.pk for case in answer.context["cl"].result_list]

    def test_only_what_waits_until_somebody_asks_for_more(self, waiting: Make, moderator: Client) -> None:
        open_, decided = waiting(), waiting()
        ReviewCase.objects.filter(pk=decided.image_id).update(state="decided", verdict="allow")
        assert self.rows(moderator) == [open_.image_id]
        assert set(self.rows(moderator, "?state=all")) == {open_.image_id, decided.image_id}

    def test_it_finds_by_id_end_of_id_name_owner_and_hash(
        self, waiting: Make, moderator: Client, people: People
    ) -> None:
        anna = people.user(name="anna")
        wanted = waiting(owner=anna.pk, filename="harbour.jpg", sha256="a" * 64)
        waiting(filename="other.jpg")
        for said in (wanted.image_id, wanted.image_id[-6:].lower(), "harb", "anna", "a" * 64):
            assert self.rows(moderator, f"?q={said}") == [wanted.image_id], said

    def test_its_images_are_the_blurred_ones_only(self, waiting: Make, moderator: Client) -> None:
        waiting()
        body = moderator.get(QUEUE).content.decode()
        assert "/blurred.jpg" in body
        assert "thumbnails" not in body
        assert "filter: blur" not in body

    def test_people_without_a_role_do_not_see_it(self, people: People, waiting: Make) -> None:
        waiting()
        client = Client()
        client.force_login(people.user("face reviewer"))
        assert client.get(QUEUE).status_code == 403


class TestManyAtOnce:
    def act(self, client: Client, action: str, ids: list[str], **said: str) -> Any:
        return client.post(QUEUE, {"action": action, "_selected_action": ids, "confirmed": "yes", **said}, follow=True)

    def test_it_asks_first(self, waiting: Make, moderator: Client) -> None:
        record = waiting()
        answer = moderator.post(QUEUE, {"action": "allow", "_selected_action": [record.image_id]})
        assert b"Allow 1 case" in answer.content
        assert ReviewCase.objects.get(pk=record.image_id).state == ReviewCase.State.OPEN

    def test_it_says_honestly_what_worked_and_what_did_not(
        self, waiting: Make, moderator: Client, people: People
    ) -> None:
        from media_pipeline.review.verdicts import Outcome
        from moderation.services.cases import decisions

        ids = [waiting(labels=EXPLICIT).image_id for _ in range(4)]
        decisions.decide(people("moderator", name="petra"), ids[:1], Outcome.ALLOW, batch="b")
        ReviewCase.objects.filter(pk=ids[0]).update(state="open")  # a page that is older than the decision
        body = self.act(moderator, "remove", ids, policy="spam").content.decode()
        assert "3 removed." in body
        assert "1 not: decided by petra meanwhile." in body

    def test_a_removal_without_a_policy_asks_again(self, waiting: Make, moderator: Client) -> None:
        record = waiting()
        assert b"This field is required" in self.act(moderator, "remove", [record.image_id]).content

    def test_ones_own_assignments(self, waiting: Make, moderator: Client, people: People) -> None:
        record = waiting(labels=WEAPONS)
        self.act(moderator, "assign_to_me", [record.image_id])
        assert ReviewCase.objects.get(pk=record.image_id).assignee_id == people("moderator").id
        self.act(moderator, "give_back", [record.image_id])
        assert ReviewCase.objects.get(pk=record.image_id).assignee_id is None
