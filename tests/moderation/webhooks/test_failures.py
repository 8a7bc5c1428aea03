"""Receivers that fail: tried again with growing delays, spared while they are ill, and switched off in the end."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.db.models import F
from django.utils import timezone

from moderation.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from moderation.services.operations import operations
from moderation.services.webhooks import calls as webhook_calls
from moderation.services.webhooks import deliveries, endpoints
from tests.moderation.webhooks.receiving import MakeEndpoint, Receiver
from tests.moderation.webhooks.sending import send, send_all, try_out
from tests.support.moderators import People

State = WebhookDelivery.State


@pytest.fixture
def delivery(people: People, endpoint: MakeEndpoint, receiver: Receiver) -> WebhookDelivery:
    made, _ = endpoint()
    receiver.respond = lambda _: (500, {}, b"out of order")
    return endpoints.test(people("lead"), made)


def test_it_is_tried_again_with_growing_delays_and_then_given_up(delivery: WebhookDelivery, receiver: Receiver) -> None:
    delays = []
    for _ in range(7):
        send(delivery)
        delivery.refresh_from_db()
        delays.append(round((delivery.due_at - timezone.now()).total_seconds()))
    assert delays[:6] == [5, 300, 1800, 7200, 18000, 36000]
    assert delivery.state == State.GIVEN_UP
    send(delivery)
    assert len(receiver.requests) == 7
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    attempts = WebhookAttempt.objects.filter(delivery=delivery)
    assert {(attempt.status, attempt.error) for attempt in attempts} == {(500, "out of order")}


def test_short_delays_are_the_queues_and_long_ones_the_schedules(
    delivery: WebhookDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(deliveries.task_queue, "send", lambda *_, delay_seconds: sent.append(delay_seconds))
    for _ in range(4):
        send(delivery)
    assert sent == [5, 300]
    assert deliveries.send_due() == 0
    WebhookDelivery.objects.update(due_at=timezone.now())
    assert deliveries.send_due() == 1
    assert sent == [5, 300, 0]


def test_of_two_tasks_for_one_attempt_one_makes_it(delivery: WebhookDelivery, receiver: Receiver) -> None:
    task = {"delivery": delivery.pk}
    receiver.respond = lambda _: (deliveries.deliver(task), (200, {}, b""))[1]  # type: ignore[func-returns-value]
    deliveries.deliver(task)
    assert len(receiver.requests) == 1


def test_one_whose_attempt_died_is_found_by_the_schedule(
    delivery: WebhookDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(webhook_calls, "post", die)
        with pytest.raises(KeyboardInterrupt):
            deliveries.deliver({"delivery": delivery.pk})
    assert deliveries.send_due() == 0
    WebhookDelivery.objects.update(due_at=F("due_at") - deliveries.TAKEN_FOR_LOST)
    assert deliveries.send_due() == 1


def test_gone_switches_the_endpoint_off_and_tells_its_maker_once(
    delivery: WebhookDelivery, receiver: Receiver, people: People
) -> None:
    receiver.respond = lambda _: (410, {}, b"")
    other = endpoints.test(people("lead"), delivery.endpoint)
    send(delivery)
    send(other)
    assert len(receiver.requests) == 1
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.is_on, endpoint.off_because) == (False, "It answered 410: gone.")
    (letter,) = mail.outbox
    assert letter.to == ["lead@example.com"]
    assert endpoint.url in letter.body
    assert f"/admin/moderation/webhookendpoint/{endpoint.pk}/change/" in letter.body
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {State.GIVEN_UP}


def test_three_days_of_failures_switch_it_off(delivery: WebhookDelivery, receiver: Receiver, people: People) -> None:
    """One success begins anew."""
    send(delivery)
    WebhookEndpoint.objects.update(failing_since=timezone.now() - dt.timedelta(days=2, hours=23))
    send(delivery)
    assert WebhookEndpoint.objects.get().is_on
    receiver.respond = lambda _: (204, {}, b"")
    send(delivery)
    assert WebhookEndpoint.objects.get().failing_since is None
    receiver.respond = lambda _: (500, {}, b"")
    delivery = try_out(people, delivery.endpoint)
    WebhookEndpoint.objects.update(failing_since=timezone.now() - dt.timedelta(days=3, hours=1))
    send(delivery)
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.is_on, endpoint.off_because) == (False, "It has accepted nothing for 3 days.")


def test_an_ill_endpoint_is_asked_once_a_minute(delivery: WebhookDelivery, receiver: Receiver, people: People) -> None:
    for _ in range(deliveries.ILL_AFTER):
        send(delivery)
    other = endpoints.test(people("lead"), delivery.endpoint)
    deliveries.deliver({"delivery": other.pk})
    assert len(receiver.requests) == deliveries.ILL_AFTER
    other.refresh_from_db()
    assert (other.state, other.tries) == (State.WAITING, 0)
    assert deliveries.send_due() == 0


def test_meanwhile_a_task_that_comes_twice_shortens_no_delay(delivery: WebhookDelivery) -> None:
    due_at = timezone.now() + dt.timedelta(hours=2)
    WebhookDelivery.objects.update(due_at=due_at, tries=5)
    WebhookEndpoint.objects.update(quiet_until=timezone.now() + deliveries.ILL_PAUSE)
    deliveries.deliver({"delivery": delivery.pk})
    assert WebhookDelivery.objects.get().due_at == due_at


def test_an_unreadable_secret_is_named_where_it_can_be_mended(
    delivery: WebhookDelivery, receiver: Receiver, settings: Any
) -> None:
    settings.SECRET_KEY = "another"
    send(delivery)
    assert receiver.requests == []
    assert "give the webhook a new secret" in WebhookAttempt.objects.get().error


def test_sent_again_it_begins_anew_under_its_old_name(
    delivery: WebhookDelivery, receiver: Receiver, people: People
) -> None:
    for _ in range(7):
        send(delivery)
    receiver.respond = lambda _: (200, {}, b"")
    assert deliveries.send_again(people("lead"), [WebhookDelivery.objects.get()]) == 1
    send_all()
    assert WebhookDelivery.objects.get().state == State.DELIVERED
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1


def test_after_a_month_it_is_forgotten(delivery: WebhookDelivery) -> None:
    send(delivery)
    deliveries.trim()
    assert WebhookAttempt.objects.exists()
    WebhookDelivery.objects.update(made_at=timezone.now() - dt.timedelta(days=31))
    deliveries.trim()
    assert not WebhookAttempt.objects.exists()


def test_operations_counts_them(delivery: WebhookDelivery, people: People) -> None:
    send(delivery)
    found = operations.webhooks(people("lead"))
    assert (found.on, found.failing, found.off, found.waiting) == (1, 1, 0, 1)
