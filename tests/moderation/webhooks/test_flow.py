"""The whole way: an upload, the pipeline, the stream, the tasks queue, and a receiver that checks what it gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from config.local_aws import dispatcher
from config.local_aws.emulator import Emulator
from media_pipeline.conf import conf
from moderation.models import User, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from moderation.roles import Moderator, create_groups, join, moderator
from moderation.services.webhooks import endpoints
from tests.moderation.webhooks.receiving import Receiver, is_signed
from tests.support.aws import REKOGNITION
from tests.support.dispatching import from_now_on
from tests.support.pictures import new_jpeg
from tests.support.uploads import uploaded
from tests.support.waiting import eventually


@pytest.fixture
def functions(aws: Emulator, transactional_db: None) -> Iterator[None]:
    """The pipeline's function with this test's database, and leave to reach this machine."""
    for queue in (aws.outputs["LocalBucketEventsUrl"], conf.tasks_queue_url):
        aws.root_client("sqs").purge_queue(QueueUrl=queue)
    where = {
        "AWS_ENDPOINT_URL_REKOGNITION": REKOGNITION.endpoint,
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "DARKROOM_WEBHOOK_TRUSTED_HOSTS": "127.0.0.1",
    }
    child = dispatcher.spawn(aws, settings=from_now_on(aws), log=aws.directory / "webhooks.log", environment=where)
    try:
        yield
    finally:
        child.stop(patience=30)


@pytest.fixture
def lead(transactional_db: None) -> Moderator:
    create_groups()
    user = User.objects.create_user("lead", "lead@example.com", is_staff=True)
    join(user, ["lead"])
    return moderator(user)


def test_an_upload_is_told_when_ready_and_again_if_refused(
    functions: None, lead: Moderator, receiver: Receiver
) -> None:
    alice = User.objects.create_user("alice", "alice@example.com")
    endpoint = WebhookEndpoint(url=f"{receiver.url}/hooks", events=["image.ready"], owner=alice)
    secret = endpoints.make(lead, endpoint)
    answers: Iterator[tuple[int, dict[str, str], bytes]] = iter([(503, {}, b"busy"), (200, {}, b"")])
    receiver.respond = lambda _: next(answers)

    record, _ = uploaded(new_jpeg(800, 600), owner=alice.pk, filename="beach.jpg")

    first, second = receiver.wait_for(2)
    assert is_signed(first, secret)
    assert is_signed(second, secret)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    event: dict[str, Any] = json.loads(first.body)
    assert event["type"] == "image.ready"
    assert event["data"] == {"image_id": record.image_id, "filename": "beach.jpg", "status": "ready"}
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) >= 5


def test_a_test_event_arrives_and_leaves_its_attempt(functions: None, lead: Moderator, receiver: Receiver) -> None:
    endpoint = WebhookEndpoint(url=f"{receiver.url}/hooks", events=["image.failed"])
    secret = endpoints.make(lead, endpoint)
    delivery = endpoints.test(lead, endpoint)
    (request,) = receiver.wait_for(1)
    assert is_signed(request, secret)
    assert json.loads(request.body)["type"] == "webhook.test"
    attempt = noted(delivery)
    assert (attempt.status, attempt.error) == (200, "")


def noted(delivery: WebhookDelivery) -> WebhookAttempt:
    """The attempt, once the sender has heard the answer as well."""
    delivered = WebhookDelivery.objects.filter(pk=delivery.pk, state=WebhookDelivery.State.DELIVERED)
    assert eventually(delivered.exists)
    return WebhookAttempt.objects.get(delivery=delivery)
