"""Webhooks: what is told to whom, once, signed, again when it fails, and not at all when it must not be."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.local_aws.emulator import Emulator
from media_pipeline import reviews
from media_pipeline.conf import conf
from media_pipeline.errors import ConfigurationError, NotAllowedError, TemporaryError
from media_pipeline.models import FAILED, Image
from media_pipeline.verdicts import Outcome, Verdict
from moderation.models import EventType, User, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from moderation.services import deliveries, operations, webhook_calls, webhook_endpoints, webhook_secrets
from tests.moderation.receiving import Receiver, is_signed
from tests.moderation.world import WEAPONS, People, Stream, deliver
from tests.pictures import make_jpeg, unseen
from tests.rekognition_stub import RekognitionStub
from tests.uploads import announced, processed, reread

State = WebhookDelivery.State
REMOVE = Verdict(Outcome.REMOVE, "violence", 1, reason="seen it", batch="b")
Make = Callable[..., tuple[WebhookEndpoint, str]]


@pytest.fixture(autouse=True)
def empty_queue(aws: Emulator) -> None:
    aws.root_client("sqs").purge_queue(QueueUrl=conf.tasks_queue_url)


@pytest.fixture
def endpoint(people: People, receiver: Receiver) -> Make:
    def make(*events: EventType, owner: User | None = None) -> tuple[WebhookEndpoint, str]:
        made = WebhookEndpoint(url=f"{receiver.url}/in", events=list(events or EventType), owner=owner)
        return made, webhook_endpoints.make(people("lead"), made)

    return make


def photo(**more: Any) -> Image:
    return processed(make_jpeg(seed=unseen()), **{"owner": "alice", **more})


def queued(aws: Emulator) -> list[dict[str, Any]]:
    """The tasks that can be done at this moment."""
    sqs, url = aws.root_client("sqs"), conf.tasks_queue_url
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    for message in answer.get("Messages", []):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def send_all() -> None:
    """As if the time of all that waits had come."""
    for delivery in WebhookDelivery.objects.filter(state=State.WAITING).order_by("pk"):
        send(delivery)


def send(delivery: WebhookDelivery) -> None:
    WebhookDelivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now())
    WebhookEndpoint.objects.update(quiet_until=None)
    deliveries.deliver({"delivery": delivery.pk})


def said(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in receiver.requests]


class TestSignatures:
    def test_the_vector_of_standard_webhooks(self) -> None:
        """From its reference implementations; openssl's HMAC agrees."""
        headers = webhook_secrets.headers(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        )
        assert headers == {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        }

    def test_a_secret_lies_encrypted_and_opens_with_the_key_before_too(self, settings: Any) -> None:
        secret = webhook_secrets.new_secret()
        text = webhook_secrets.sealed(secret)
        assert secret not in text
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
        assert webhook_secrets.opened(text) == secret
        settings.SECRET_KEY_FALLBACKS = []
        with pytest.raises(ConfigurationError, match="DARKROOM_SECRET_KEY"):
            webhook_secrets.opened(text)

    def test_while_a_secret_is_replaced_both_are_good(self, people: People, endpoint: Make, receiver: Receiver) -> None:
        made, earlier = endpoint()
        new = webhook_endpoints.rotate(people("lead"), made)
        try_out(people, made)
        assert [is_signed(receiver.requests[-1], secret) for secret in (earlier, new)] == [True, True]
        WebhookEndpoint.objects.update(earlier_until=timezone.now())
        try_out(people, made)
        assert [is_signed(receiver.requests[-1], secret) for secret in (earlier, new)] == [False, True]


def try_out(people: People, endpoint: WebhookEndpoint) -> WebhookDelivery:
    delivery = webhook_endpoints.test(people("lead"), endpoint)
    send(delivery)
    return delivery


class TestEvents:
    def test_ready_is_told_once_however_often_the_change_comes(
        self, stream: Stream, endpoint: Make, receiver: Receiver, aws: Emulator
    ) -> None:
        _, secret = endpoint()
        record = photo(filename="beach.jpg")
        changes = stream.records()
        assert deliver(changes) == deliver(changes) == {"batchItemFailures": []}
        for task in queued(aws):
            deliveries.deliver(task)
        (request,) = receiver.requests
        assert is_signed(request, secret)
        (event,) = said(receiver)
        assert event["id"] == request.headers["webhook-id"]
        assert event["type"] == "image.ready"
        assert event["data"] == {"image_id": record.image_id, "filename": "beach.jpg", "status": "ready"}

    def test_the_streams_filter_passes_ends_that_bring_no_verdict_and_no_other_writes(
        self, stream: Stream, endpoint: Make, receiver: Receiver
    ) -> None:
        """As after a retry: the verdict was there before, and the last write only takes `unfinished` away."""
        endpoint()
        exists = Image.image_id.exists()
        ready, failed = announced(), announced()
        for record in (ready, failed):
            record.change([Image.version_id.set("1"), Image.moderation.set({"labels": []})], exists)
        stream.records()
        ready.change([Image.title.set("Said meanwhile")], exists)
        assert stream.records() == []
        ready.change([Image.unfinished.remove()], exists)
        failed.change([Image.unfinished.set(FAILED), Image.failure.set("Damaged.")], exists)
        stream.pump()
        ready.change([Image.title.set("Said afterwards")], exists)
        assert stream.records() == []
        send_all()
        assert [(event["type"], event["data"]["image_id"]) for event in said(receiver)] == [
            ("image.ready", ready.image_id),
            ("image.failed", failed.image_id),
        ]

    def test_flagged_names_the_labels_and_holds_no_link(
        self, stream: Stream, endpoint: Make, receiver: Receiver, rekognition: RekognitionStub
    ) -> None:
        endpoint()
        rekognition.finds_labels(*WEAPONS)
        record = photo()
        stream.pump()
        send_all()
        (event,) = said(receiver)
        assert (event["type"], event["data"]["status"]) == ("image.flagged", "in_review")
        assert {"name": "Weapons", "parent": "Violence", "confidence": 91.0} in event["data"]["labels"]
        assert "http" not in receiver.requests[0].body.decode()
        assert event["data"]["image_id"] == record.image_id

    def test_failed_says_why(self, stream: Stream, endpoint: Make, receiver: Receiver) -> None:
        endpoint()
        processed(b"no image at all", owner="alice")
        stream.pump()
        send_all()
        (event,) = said(receiver)
        assert event["type"] == "image.failed"
        assert event["data"]["reason"]

    def test_only_what_was_asked_for_and_only_of_whom(
        self, stream: Stream, endpoint: Make, receiver: Receiver, people: People
    ) -> None:
        bob = people.user("viewer", name="bob")
        endpoint(EventType.FAILED)
        endpoint(EventType.READY, owner=bob)
        photo(owner="alice")
        mine = photo(owner=bob.pk)
        stream.pump()
        send_all()
        assert [event["data"]["image_id"] for event in said(receiver)] == [mine.image_id]

    def test_without_an_endpoint_one_statement_an_invocation_is_all_it_costs(self, stream: Stream) -> None:
        for _ in range(3):
            photo()
        with CaptureQueriesContext(connection) as asked:
            stream.pump()
        assert [query["sql"][:6] for query in asked if "webhook" in query["sql"]] == ["SELECT"]

    def test_a_queue_that_does_not_answer_leaves_the_change_for_later(
        self, stream: Stream, endpoint: Make, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def down(*_: Any, **__: Any) -> None:
            raise TemporaryError("SQS did not answer.")

        endpoint(EventType.READY)
        photo()
        changes = stream.records()
        with monkeypatch.context() as patch:
            patch.setattr(deliveries.task_queue, "send", down)
            assert deliver(changes)["batchItemFailures"]
        deliver(changes)
        send_all()
        assert len(receiver.requests) == 1


class TestDecisions:
    @pytest.fixture
    def waits(self, stream: Stream, endpoint: Make, rekognition: RekognitionStub) -> Image:
        endpoint(EventType.DECIDED)
        rekognition.finds_labels(*WEAPONS)
        record = photo()
        stream.pump()
        return reread(record)

    def test_it_waits_a_minute(self, waits: Image, stream: Stream, receiver: Receiver, aws: Emulator) -> None:
        decided = reviews.decide(waits, REMOVE, by="mod")
        stream.pump()
        assert queued(aws) == []
        delivery = WebhookDelivery.objects.get()
        at = dt.datetime.fromisoformat(reviews.audit.trail(decided)[-1].at)
        assert delivery.due_at == at + dt.timedelta(seconds=60)
        deliveries.deliver({"delivery": delivery.pk})  # a task that comes too early
        assert receiver.requests == []
        send(delivery)
        (event,) = said(receiver)
        assert event["data"]["decision"] == {"outcome": "remove", "policy": "violence", "automated": False}
        assert event["data"]["status"] == "rejected"
        assert "mod" not in event["data"]["decision"].values()

    def test_an_undo_within_the_minute_leaves_no_trace(self, waits: Image, stream: Stream, receiver: Receiver) -> None:
        decided = reviews.decide(waits, REMOVE, by="mod")
        stream.pump()
        (delivery,) = WebhookDelivery.objects.all()
        reviews.undo(decided, batch="b", by="mod")
        stream.pump()
        send(delivery)
        send_all()
        assert receiver.requests == []
        assert WebhookDelivery.objects.get().state == State.OVERTAKEN

    def test_a_later_undo_takes_it_back_under_the_name_it_had(
        self, waits: Image, stream: Stream, receiver: Receiver
    ) -> None:
        decided = reviews.decide(waits, REMOVE, by="mod")
        stream.pump()
        send_all()
        reviews.undo(decided, batch="b", by="mod")
        changes = stream.records()
        for _ in range(2):
            deliver(changes)
        send_all()
        told, taken_back = said(receiver)
        assert taken_back["type"] == "image.decided"
        assert taken_back["data"]["decision"] is None
        assert taken_back["data"]["retracts"] == told["id"]
        assert taken_back["data"]["status"] == "in_review"

    def test_one_that_did_not_get_through_before_the_undo_is_not_tried_again(
        self, waits: Image, stream: Stream, receiver: Receiver
    ) -> None:
        receiver.respond = lambda _: (503, {}, b"")
        decided = reviews.decide(waits, REMOVE, by="mod")
        stream.pump()
        send_all()
        reviews.undo(decided, batch="b", by="mod")
        stream.pump()
        receiver.respond = lambda _: (200, {}, b"")
        send_all()
        assert [event["data"]["decision"] for event in said(receiver)][1:] == [None]

    def test_a_decision_from_before_the_webhook_is_not_told_by_an_edit(
        self, waits: Image, stream: Stream, endpoint: Make
    ) -> None:
        WebhookEndpoint.objects.update(is_on=False)
        decided = reviews.decide(waits, REMOVE, by="mod")
        stream.pump()
        endpoint(EventType.DECIDED)
        decided.change([Image.title.set("Edited")], Image.image_id.exists())
        stream.pump()
        assert not WebhookDelivery.objects.exists()


class TestChildSafety:
    def test_nothing_is_sent_and_what_waited_is_thrown_away(
        self, stream: Stream, endpoint: Make, receiver: Receiver, rekognition: RekognitionStub
    ) -> None:
        endpoint()
        rekognition.finds_labels(*WEAPONS)
        record = photo()
        before = stream.records()
        deliver(before)
        assert WebhookDelivery.objects.count() == 1
        reviews.hold(reread(record), because="seen", by="mod")
        stream.pump()
        deliver(before)  # late, and once more
        assert not WebhookDelivery.objects.exists()
        send_all()
        assert receiver.requests == []


class TestFailures:
    @pytest.fixture
    def delivery(self, people: People, endpoint: Make, receiver: Receiver) -> WebhookDelivery:
        made, _ = endpoint()
        receiver.respond = lambda _: (500, {}, b"out of order")
        return webhook_endpoints.test(people("lead"), made)

    def test_it_is_tried_again_with_growing_delays_and_then_given_up(
        self, delivery: WebhookDelivery, receiver: Receiver
    ) -> None:
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
        self, delivery: WebhookDelivery, monkeypatch: pytest.MonkeyPatch
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

    def test_of_two_tasks_for_one_attempt_one_makes_it(self, delivery: WebhookDelivery, receiver: Receiver) -> None:
        task = {"delivery": delivery.pk}
        receiver.respond = lambda _: (deliveries.deliver(task), (200, {}, b""))[1]  # type: ignore[func-returns-value]
        deliveries.deliver(task)
        assert len(receiver.requests) == 1

    def test_one_whose_attempt_died_is_found_by_the_schedule(
        self, delivery: WebhookDelivery, monkeypatch: pytest.MonkeyPatch
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
        self, delivery: WebhookDelivery, receiver: Receiver, people: People
    ) -> None:
        receiver.respond = lambda _: (410, {}, b"")
        other = webhook_endpoints.test(people("lead"), delivery.endpoint)
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

    def test_three_days_of_failures_switch_it_off_and_one_success_begins_anew(
        self, delivery: WebhookDelivery, receiver: Receiver, people: People
    ) -> None:
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

    def test_an_ill_endpoint_is_asked_once_a_minute(
        self, delivery: WebhookDelivery, receiver: Receiver, people: People
    ) -> None:
        for _ in range(deliveries.ILL_AFTER):
            send(delivery)
        other = webhook_endpoints.test(people("lead"), delivery.endpoint)
        deliveries.deliver({"delivery": other.pk})
        assert len(receiver.requests) == deliveries.ILL_AFTER
        other.refresh_from_db()
        assert (other.state, other.tries) == (State.WAITING, 0)
        assert deliveries.send_due() == 0

    def test_meanwhile_a_task_that_comes_twice_shortens_no_delay(self, delivery: WebhookDelivery) -> None:
        due_at = timezone.now() + dt.timedelta(hours=2)
        WebhookDelivery.objects.update(due_at=due_at, tries=5)
        WebhookEndpoint.objects.update(quiet_until=timezone.now() + deliveries.ILL_PAUSE)
        deliveries.deliver({"delivery": delivery.pk})
        assert WebhookDelivery.objects.get().due_at == due_at

    def test_a_secret_that_cannot_be_read_is_said_where_it_can_be_mended(
        self, delivery: WebhookDelivery, receiver: Receiver, settings: Any
    ) -> None:
        settings.SECRET_KEY = "another"
        send(delivery)
        assert receiver.requests == []
        assert "give the webhook a new secret" in WebhookAttempt.objects.get().error

    def test_sent_again_it_begins_anew_under_its_old_name(
        self, delivery: WebhookDelivery, receiver: Receiver, people: People
    ) -> None:
        for _ in range(7):
            send(delivery)
        receiver.respond = lambda _: (200, {}, b"")
        assert deliveries.send_again(people("lead"), [WebhookDelivery.objects.get()]) == 1
        send_all()
        assert WebhookDelivery.objects.get().state == State.DELIVERED
        assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1

    def test_after_a_month_it_is_forgotten(self, delivery: WebhookDelivery) -> None:
        send(delivery)
        deliveries.trim()
        assert WebhookAttempt.objects.exists()
        WebhookDelivery.objects.update(made_at=timezone.now() - dt.timedelta(days=31))
        deliveries.trim()
        assert not WebhookAttempt.objects.exists()

    def test_operations_counts_them(self, delivery: WebhookDelivery, people: People) -> None:
        send(delivery)
        found = operations.webhooks(people("lead"))
        assert (found.on, found.failing, found.off, found.waiting) == (1, 1, 0, 1)


def test_others_may_not(people: People, endpoint: Make) -> None:
    made, _ = endpoint()
    for act in (webhook_endpoints.rotate, webhook_endpoints.test, webhook_endpoints.change, webhook_endpoints.make):
        with pytest.raises(NotAllowedError):
            act(people("senior"), made)
    with pytest.raises(NotAllowedError):
        deliveries.send_again(people("senior"), [])
