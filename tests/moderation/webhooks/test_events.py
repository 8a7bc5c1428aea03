"""Webhooks: what is told to whom, once, when it is sure, and not at all when it must not be."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.local_aws.emulator import Emulator
from media_pipeline.conf import conf
from media_pipeline.errors import NotAllowedError, TemporaryError
from media_pipeline.record.models import FAILED, Image
from media_pipeline.review import acts
from media_pipeline.review.verdicts import Outcome, Verdict
from moderation.models import EventType, WebhookDelivery, WebhookEndpoint
from moderation.services.webhooks import deliveries, endpoints
from tests.moderation.webhooks.receiving import MakeEndpoint, Receiver, is_signed
from tests.moderation.webhooks.sending import said, send, send_all
from tests.support.cases import WEAPONS
from tests.support.moderators import People
from tests.support.pictures import new_jpeg
from tests.support.rekognition_stub import RekognitionStub
from tests.support.stream import Stream, deliver
from tests.support.uploads import announced, processed, reread

State = WebhookDelivery.State
REMOVE = Verdict(Outcome.REMOVE, "violence", 1, reason="seen it", batch="b")


def photo(**more: Any) -> Image:
    return processed(new_jpeg(), **{"owner": "alice", **more})


def queued(aws: Emulator) -> list[dict[str, Any]]:
    """The tasks that can be done at this moment."""
    sqs, url = aws.root_client("sqs"), conf.tasks_queue_url
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    for message in answer.get("Messages", []):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def test_ready_is_told_once_however_often_the_change_comes(
    stream: Stream, endpoint: MakeEndpoint, receiver: Receiver, aws: Emulator
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


def test_the_streams_filter_passes_ends_without_a_verdict(
    stream: Stream, endpoint: MakeEndpoint, receiver: Receiver
) -> None:
    """As after a retry: the verdict was there before, and the last write only takes `unfinished` away.

    No other write passes.
    """
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
    stream: Stream, endpoint: MakeEndpoint, receiver: Receiver, rekognition: RekognitionStub
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


def test_failed_says_why(stream: Stream, endpoint: MakeEndpoint, receiver: Receiver) -> None:
    endpoint()
    processed(b"no image at all", owner="alice")
    stream.pump()
    send_all()
    (event,) = said(receiver)
    assert event["type"] == "image.failed"
    assert event["data"]["reason"]


def test_only_what_was_asked_for_and_only_of_whom(
    stream: Stream, endpoint: MakeEndpoint, receiver: Receiver, people: People
) -> None:
    bob = people.user("viewer", name="bob")
    endpoint(EventType.FAILED)
    endpoint(EventType.READY, owner=bob)
    photo(owner="alice")
    mine = photo(owner=bob.pk)
    stream.pump()
    send_all()
    assert [event["data"]["image_id"] for event in said(receiver)] == [mine.image_id]


def test_without_an_endpoint_it_costs_one_statement(stream: Stream) -> None:
    """An invocation."""
    for _ in range(3):
        photo()
    with CaptureQueriesContext(connection) as asked:
        stream.pump()
    assert [query["sql"][:6] for query in asked if "webhook" in query["sql"]] == ["SELECT"]


def test_a_silent_queue_leaves_the_change_for_later(
    stream: Stream, endpoint: MakeEndpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
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


@pytest.fixture
def waits(stream: Stream, endpoint: MakeEndpoint, rekognition: RekognitionStub) -> Image:
    endpoint(EventType.DECIDED)
    rekognition.finds_labels(*WEAPONS)
    record = photo()
    stream.pump()
    return reread(record)


def test_a_decision_waits_a_minute(waits: Image, stream: Stream, receiver: Receiver, aws: Emulator) -> None:
    decided = acts.decide(waits, REMOVE, by="mod")
    stream.pump()
    assert queued(aws) == []
    delivery = WebhookDelivery.objects.get()
    at = dt.datetime.fromisoformat(acts.audit.trail(decided)[-1].at)
    assert delivery.due_at == at + dt.timedelta(seconds=60)
    deliveries.deliver({"delivery": delivery.pk})  # a task that comes too early
    assert receiver.requests == []
    send(delivery)
    (event,) = said(receiver)
    assert event["data"]["decision"] == {"outcome": "remove", "policy": "violence", "automated": False}
    assert event["data"]["status"] == "rejected"
    assert "mod" not in event["data"]["decision"].values()


def test_an_undo_within_the_minute_leaves_no_trace(waits: Image, stream: Stream, receiver: Receiver) -> None:
    decided = acts.decide(waits, REMOVE, by="mod")
    stream.pump()
    (delivery,) = WebhookDelivery.objects.all()
    acts.undo(decided, batch="b", by="mod")
    stream.pump()
    send(delivery)
    send_all()
    assert receiver.requests == []
    assert WebhookDelivery.objects.get().state == State.OVERTAKEN


def test_a_later_undo_takes_it_back_under_the_name_it_had(waits: Image, stream: Stream, receiver: Receiver) -> None:
    decided = acts.decide(waits, REMOVE, by="mod")
    stream.pump()
    send_all()
    acts.undo(decided, batch="b", by="mod")
    changes = stream.records()
    for _ in range(2):
        deliver(changes)
    send_all()
    told, taken_back = said(receiver)
    assert taken_back["type"] == "image.decided"
    assert taken_back["data"]["decision"] is None
    assert taken_back["data"]["retracts"] == told["id"]
    assert taken_back["data"]["status"] == "in_review"


def test_one_undelivered_before_the_undo_is_not_tried_again(waits: Image, stream: Stream, receiver: Receiver) -> None:
    receiver.respond = lambda _: (503, {}, b"")
    decided = acts.decide(waits, REMOVE, by="mod")
    stream.pump()
    send_all()
    acts.undo(decided, batch="b", by="mod")
    stream.pump()
    receiver.respond = lambda _: (200, {}, b"")
    send_all()
    assert [event["data"]["decision"] for event in said(receiver)][1:] == [None]


def test_a_decision_before_the_webhook_is_not_told_by_an_edit(
    waits: Image, stream: Stream, endpoint: MakeEndpoint
) -> None:
    WebhookEndpoint.objects.update(is_on=False)
    decided = acts.decide(waits, REMOVE, by="mod")
    stream.pump()
    endpoint(EventType.DECIDED)
    decided.change([Image.title.set("Edited")], Image.image_id.exists())
    stream.pump()
    assert not WebhookDelivery.objects.exists()


def test_nothing_is_sent_of_what_is_held_for_child_safety(
    stream: Stream, endpoint: MakeEndpoint, receiver: Receiver, rekognition: RekognitionStub
) -> None:
    """What waited is thrown away."""
    endpoint()
    rekognition.finds_labels(*WEAPONS)
    record = photo()
    before = stream.records()
    deliver(before)
    assert WebhookDelivery.objects.count() == 1
    acts.hold(reread(record), because="seen", by="mod")
    stream.pump()
    deliver(before)  # late, and once more
    assert not WebhookDelivery.objects.exists()
    send_all()
    assert receiver.requests == []


def test_others_may_not(people: People, endpoint: MakeEndpoint) -> None:
    made, _ = endpoint()
    for act in (endpoints.rotate, endpoints.test, endpoints.change, endpoints.make):
        with pytest.raises(NotAllowedError):
            act(people("senior"), made)
    with pytest.raises(NotAllowedError):
        deliveries.send_again(people("senior"), [])
