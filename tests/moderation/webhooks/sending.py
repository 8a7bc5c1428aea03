"""Deliveries of webhooks, made when a test says so: as if the time of all that waits had come."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from moderation.models import WebhookDelivery, WebhookEndpoint
from moderation.services.webhooks import deliveries, endpoints
from tests.moderation.webhooks.receiving import Receiver
from tests.support.moderators import People


def send_all() -> None:
    for delivery in WebhookDelivery.objects.filter(state=WebhookDelivery.State.WAITING).order_by("pk"):
        send(delivery)


def send(delivery: WebhookDelivery) -> None:
    WebhookDelivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now())
    WebhookEndpoint.objects.update(quiet_until=None)
    deliveries.deliver({"delivery": delivery.pk})


def try_out(people: People, endpoint: WebhookEndpoint) -> WebhookDelivery:
    delivery = endpoints.test(people("lead"), endpoint)
    send(delivery)
    return delivery


def said(receiver: Receiver) -> list[dict[str, Any]]:
    """What arrived, oldest first."""
    return [json.loads(request.body) for request in receiver.requests]
