"""Claiming and deciding: who may, who wins, what comes back, and what bad input gets."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from media_pipeline.errors import InvalidRequestError, NotAllowedError, NotFoundError
from media_pipeline.record.models import Image, Status, new_image_id
from media_pipeline.review import acts, audit
from media_pipeline.review.verdicts import Outcome
from moderation.models import ReviewCase
from moderation.services.cases import bundles, decisions, leases, saved_views
from tests.support.aws import service_at
from tests.support.cases import WEAPONS
from tests.support.moderators import People
from tests.support.uploads import reread

Make = Callable[..., Image]
State = ReviewCase.State
NEAR = (("Alcohol", "", 1, 84.0),)


def case_of(record: Image) -> ReviewCase:
    return ReviewCase.objects.get(pk=record.image_id)


def problems(results: list[decisions.Result]) -> list[str]:
    return [result.problem for result in results]


class TestWhoMay:
    @pytest.mark.parametrize("role", ["viewer", "face reviewer", "child-safety", "privacy officer"])
    def test_other_roles_do_not_decide(self, waiting: Make, people: People, role: str) -> None:
        record = waiting()
        with pytest.raises(NotAllowedError):
            decisions.decide(people(role), [record.image_id], Outcome.ALLOW, batch="b")
        assert reread(record).status is Status.IN_REVIEW

    def test_a_moderator_decides_no_appeal_and_nothing_escalated(self, waiting: Make, people: People) -> None:
        record = waiting()
        decisions.escalate(people("moderator"), [record.image_id], "look", batch="b")
        said = problems(decisions.decide(people("moderator"), [record.image_id], Outcome.ALLOW, batch="c"))
        assert said == ["Your roles do not include this. Ask a lead if they should."]
        assert problems(decisions.decide(people("senior"), [record.image_id], Outcome.ALLOW, batch="d")) == [""]

    def test_ones_own_upload_is_neither_offered_nor_decidable(self, waiting: Make, people: People) -> None:
        me = people("moderator")
        mine = waiting(owner=me.id)
        assert mine.image_id not in [case.pk for case in leases.claim(me, "all", 50)]
        said = problems(decisions.decide(me, [mine.image_id], Outcome.ALLOW, batch="b"))
        assert said == ["This is your own upload; somebody else decides it."]


class TestSecondReview:
    def test_a_severe_case_needs_two_people_and_the_second_is_blind(self, waiting: Make, people: People) -> None:
        record = waiting(labels=WEAPONS)
        first, second = people("senior", name="first"), people("senior", name="second")
        decisions.decide(first, [record.image_id], Outcome.REMOVE, policy_code="violence", batch="b")
        assert case_of(record).state == State.SECOND
        assert record.image_id not in [case.pk for case in leases.claim(first, "all", 50)]
        shown = bundles.bundles(second, [case_of(record)])
        assert "violence" not in json.dumps(shown)
        assert "Removed" not in json.dumps(shown)
        decisions.decide(second, [record.image_id], Outcome.REMOVE, policy_code="violence", batch="c")
        assert case_of(record).state == State.DECIDED
        assert reread(record).status is Status.REJECTED

    def test_a_moderator_gives_no_second_review(self, waiting: Make, people: People) -> None:
        record = waiting(labels=WEAPONS)
        decisions.decide(people("moderator"), [record.image_id], Outcome.ALLOW, batch="b")
        other = people("moderator", name="other")
        assert record.image_id not in [case.pk for case in leases.claim(other, "all", 50)]
        assert problems(decisions.decide(other, [record.image_id], Outcome.ALLOW, batch="c")) != [""]


class TestLeases:
    def test_two_people_never_get_the_same_case(self, waiting: Make, people: People) -> None:
        for _ in range(5):
            waiting(labels=NEAR)
        one = leases.claim(people("moderator", name="one"), "all", 3)
        two = leases.claim(people("moderator", name="two"), "all", 3)
        assert not {case.pk for case in one} & {case.pk for case in two}

    def test_a_lease_that_ran_out_is_anybodys(self, waiting: Make, people: People) -> None:
        record = waiting()
        leases.claim(people("moderator", name="one"), "all", 50)
        ReviewCase.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))
        assert record.image_id in [case.pk for case in leases.claim(people("moderator", name="two"), "all", 50)]

    def test_a_heartbeat_keeps_what_is_held_and_says_what_is_not(self, waiting: Make, people: People) -> None:
        one = people("moderator", name="one")
        kept, lost = waiting(), waiting()
        leases.claim(one, "all", 50)
        ReviewCase.objects.filter(pk=lost.image_id).update(leased_until=timezone.now() - dt.timedelta(seconds=1))
        assert leases.renew(one, [kept.image_id, lost.image_id]) == [kept.image_id]

    def test_somebody_elses_lease_keeps_others_from_deciding(self, waiting: Make, people: People) -> None:
        record = waiting()
        leases.claim(people("moderator", name="one"), "all", 50)
        two = people("moderator", name="two")
        said = problems(decisions.decide(two, [record.image_id], Outcome.ALLOW, batch="b"))
        assert said == ["one is at this case now."]

    def test_times_are_the_databases(self, waiting: Make, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
        record = waiting()
        leases.claim(people("moderator", name="one"), "all", 50)
        ahead = timezone.now() + dt.timedelta(hours=1)
        monkeypatch.setattr(timezone, "now", lambda: ahead)  # this machine's clock is an hour fast
        assert record.image_id not in [case.pk for case in leases.claim(people("moderator", name="two"), "all", 50)]

    def test_a_skipped_case_stays_away_and_a_third_skip_escalates(self, waiting: Make, people: People) -> None:
        record = waiting()
        for name in ("one", "two", "three"):
            somebody = people("moderator", name=name)
            leases.claim(somebody, "all", 50)
            decisions.skip(somebody, record.image_id)
            assert record.image_id not in [case.pk for case in leases.claim(somebody, "all", 50)]
            leases.release(somebody)
        assert case_of(record).state == State.ESCALATED


class TestUndo:
    def test_one_undo_takes_back_all_that_one_key_decided(self, waiting: Make, people: People) -> None:
        me = people("moderator")
        ids = [waiting(labels=NEAR).image_id for _ in range(50)]
        decisions.decide(me, ids, Outcome.REMOVE, policy_code="spam", batch="group")
        assert ReviewCase.objects.filter(pk__in=ids, verdict="remove").count() == 50
        assert problems(decisions.undo(me, ids, batch="group")) == [""] * 50
        assert ReviewCase.objects.filter(pk__in=ids, state=State.OPEN, leased_by=me.id).count() == 50

    def test_what_somebody_else_decided_stays(self, waiting: Make, people: People) -> None:
        record = waiting()
        decisions.decide(people("moderator", name="one"), [record.image_id], Outcome.ALLOW, batch="b")
        said = problems(decisions.undo(people("moderator", name="two"), [record.image_id], batch="b"))
        assert said == ["This cannot be undone any more: something happened to the case since."]


class TestBadInput:
    def test_a_removal_names_its_policy(self, waiting: Make, people: People) -> None:
        with pytest.raises(InvalidRequestError, match="policy"):
            decisions.decide(people("moderator"), [waiting().image_id], Outcome.REMOVE, batch="b")

    def test_forged_ids_find_nothing(self, people: People) -> None:
        with pytest.raises(NotFoundError):
            decisions.decide(people("moderator"), ["../etc/passwd"], Outcome.ALLOW, batch="b")
        said = problems(decisions.decide(people("moderator"), [new_image_id()], Outcome.ALLOW, batch="b"))
        assert said == ["Its image is not there any more."]

    @pytest.mark.usefixtures("aws")
    def test_an_image_without_a_review_cannot_be_decided(self, people: People) -> None:
        from tests.support.uploads import announced

        record = announced()
        said = problems(decisions.decide(people("moderator"), [record.image_id], Outcome.ALLOW, batch="b"))
        assert said == ["Its image is not there any more."]
        assert reread(record).review is None

    def test_a_case_whose_image_was_deleted_leaves_the_queue(self, waiting: Make, people: People) -> None:
        record = waiting()
        Image(record.image_id).delete()
        decisions.decide(people("moderator"), [record.image_id], Outcome.ALLOW, batch="b")
        assert case_of(record).is_gone

    def test_with_dynamodb_down_nothing_is_decided_and_that_is_told(self, waiting: Make, people: People) -> None:
        record = waiting()
        client = self.client_of(people)
        with service_at("dynamodb", "http://127.0.0.1:9"):
            answer = self.post(client, "decide", act="allow", cases=[record.image_id], batch="b")
        assert answer.status_code == 503
        assert "DynamoDB did not answer" in answer.json()["detail"]
        assert case_of(record).state == State.OPEN

    def test_with_sql_down_decisions_are_refused_with_a_sentence(
        self, waiting: Make, people: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        record = waiting()
        client = self.client_of(people)

        def down(*args: object, **options: object) -> None:
            raise OperationalError("could not connect to server")

        with monkeypatch.context() as outage:
            outage.setattr("django.db.models.sql.compiler.SQLCompiler.execute_sql", down)
            answer = self.post(client, "decide", act="allow", cases=[record.image_id], batch="b")
        assert answer.status_code == 503
        assert answer.json()["detail"].startswith("The database does not answer. Nothing was changed")
        assert reread(record).status is Status.IN_REVIEW

    @pytest.mark.parametrize(
        "said",
        [
            {"act": "explode", "cases": ["x"]},
            {"act": "allow"},
            {"act": "allow", "cases": "all"},
            {"act": "allow", "cases": [1]},
            {"act": "allow", "cases": ["x"], "batch": 7},
        ],
    )
    def test_nonsense_is_refused(self, people: People, said: dict[str, Any]) -> None:
        assert self.post(self.client_of(people), "decide", **said).status_code in {400, 404}

    def test_calls_need_a_session_and_csrf(self, waiting: Make, people: People) -> None:
        assert self.post(Client(), "decide", act="allow", cases=["x"]).status_code == 401
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(people.user("moderator"))
        assert self.post(strict, "decide", act="allow", cases=[waiting().image_id]).status_code == 403

    def client_of(self, people: People) -> Client:
        client = Client()
        client.force_login(people.user("moderator"))
        return client

    def post(self, client: Client, call: str, **said: Any) -> Any:
        return client.post(f"/admin/review/calls/{call}", json.dumps(said), content_type="application/json")


def test_a_decision_is_one_request_of_at_most_three_kilobytes(waiting: Make, people: People) -> None:
    first, second = waiting(), waiting()
    client = Client()
    client.force_login(people.user("moderator"))
    body = json.dumps({"act": "allow", "cases": [first.image_id], "batch": "b" * 36, "have": [], "view": "all"})
    answer = client.post("/admin/review/calls/decide", body, content_type="application/json")
    cases = answer.json()["cases"]
    assert second.image_id in [case["id"] for case in cases]
    assert len(body) + len(json.dumps({**cases[0], "blur": ""})) < 3000


def test_every_act_has_one_entry_and_its_line(waiting: Make, people: People) -> None:
    from moderation.models import AuditLine

    me = people("moderator")
    record = waiting()
    decisions.decide(me, [record.image_id], Outcome.ALLOW, batch="b")
    decisions.undo(me, [record.image_id], batch="b")
    decisions.escalate(me, [record.image_id], "look", batch="c")
    entries = [entry.what for entry in audit.trail(reread(record))]
    assert entries == ["flagged", "decided", "undone", "escalated"]
    lines = AuditLine.objects.filter(image_id=record.image_id).order_by("position")
    assert list(lines.values_list("what", flat=True)) == entries


def test_views_count_what_they_show(waiting: Make, people: People) -> None:
    me = people("lead")
    waiting(labels=NEAR)
    waiting(labels=WEAPONS)
    acts.report(waiting(labels=NEAR), "bad", by="bob")
    counts = saved_views.counts(me)
    assert counts == {view.name: view.cases(me).count() for view in saved_views.VIEWS}
    assert (counts["near"], counts["severe"]) == (2, 1)
