"""Endpoints, as leads manage them: made, tested, given a new secret, switched on and off."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial

from django.db import transaction
from django.utils import timezone
from ulid import ULID

from moderation.models import TEST, WebhookDelivery, WebhookEndpoint
from moderation.roles import May, Moderator
from moderation.services.webhooks import calls as webhook_calls
from moderation.services.webhooks import deliveries
from moderation.services.webhooks import secrets as webhook_secrets

OVERLAP = dt.timedelta(hours=24)  # for the receiver to take the new secret over


def make(viewer: Moderator, endpoint: WebhookEndpoint) -> str:
    """Store a new endpoint, and answer its secret, which nobody is shown again."""
    viewer.require(May.OPERATE)
    webhook_calls.checked(endpoint.url)
    secret = webhook_secrets.new_secret()
    endpoint.secret, endpoint.made_by_id = webhook_secrets.sealed(secret), viewer.id
    endpoint.save()
    return secret


def change(viewer: Moderator, endpoint: WebhookEndpoint) -> None:
    """Store what was changed. One that is switched on begins without a past."""
    viewer.require(May.OPERATE)
    webhook_calls.checked(endpoint.url)
    if endpoint.is_on and not WebhookEndpoint.objects.filter(pk=endpoint.pk, is_on=True).exists():
        endpoint.off_because = ""
        endpoint.failures, endpoint.failing_since, endpoint.quiet_until = 0, None, None
    endpoint.save()


def rotate(viewer: Moderator, endpoint: WebhookEndpoint) -> str:
    """A new secret, answered once; for a day messages are signed with both."""
    viewer.require(May.OPERATE)
    secret = webhook_secrets.new_secret()
    endpoint.earlier_secret, endpoint.earlier_until = endpoint.secret, timezone.now() + OVERLAP
    endpoint.secret = webhook_secrets.sealed(secret)
    endpoint.save(update_fields=["secret", "earlier_secret", "earlier_until"])
    return secret


def test(viewer: Moderator, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Send it an event that tells of nothing, the way the real ones go."""
    viewer.require(May.OPERATE)
    now, event_id = timezone.now(), f"msg_{ULID()}"
    payload = {"id": event_id, "type": TEST, "timestamp": now.isoformat(), "data": {"asked_by": viewer.name}}
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint, event_id=event_id, type=TEST, body=json.dumps(payload, separators=(",", ":")), due_at=now
    )
    # The admin saves in a transaction, which the queue would be ahead of; should it not answer, the schedule sends it.
    transaction.on_commit(partial(deliveries.send, delivery), robust=True)
    return delivery
