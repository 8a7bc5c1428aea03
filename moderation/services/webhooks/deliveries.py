"""Webhooks on their way: sent, tried again with growing delays, given up, and kept for a month to be looked at."""

from __future__ import annotations

import datetime as dt
import logging
import math
import time
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from media_pipeline.aws import task_queue
from media_pipeline.conf import conf
from media_pipeline.errors import ConfigurationError
from moderation.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from moderation.roles import May, Moderator
from moderation.services.webhooks import calls as webhook_calls
from moderation.services.webhooks import secrets as webhook_secrets
from moderation.services.webhooks.calls import Answer

logger = logging.getLogger(__name__)

TASK = "webhook"
DELAYS = tuple(
    dt.timedelta(seconds=seconds) for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600)
)  # as Standard Webhooks proposes
MAX_QUEUE_DELAY = dt.timedelta(minutes=15)  # SQS's own limit; what waits longer is found by the schedule
TAKEN_FOR_LOST = dt.timedelta(minutes=2)
PATIENCE = dt.timedelta(days=3)  # with an endpoint that accepts nothing
ILL_AFTER, ILL_PAUSE = 5, dt.timedelta(minutes=1)  # failures; then one attempt a minute is enough to find out
KEPT = dt.timedelta(days=30)
MAX_BATCH = 1000
USER_AGENT = "Darkroom-Webhooks"

State = WebhookDelivery.State


def send(delivery: WebhookDelivery) -> None:
    """Hand it to the queue for when it is due."""
    delay = max(dt.timedelta(), delivery.due_at - timezone.now())
    if delay <= MAX_QUEUE_DELAY:
        task_queue.send(TASK, {"delivery": delivery.pk}, delay_seconds=math.ceil(delay.total_seconds()))


def deliver(task: dict[str, Any]) -> None:
    """Make one attempt, unless it was made meanwhile, is not due any more or is not wanted any more."""
    delivery = WebhookDelivery.objects.select_related("endpoint").filter(pk=task["delivery"]).first()
    if delivery is None or delivery.state != State.WAITING:
        return
    endpoint = delivery.endpoint
    waiting = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.WAITING)
    if not endpoint.is_on:
        waiting.update(state=State.GIVEN_UP)
    elif endpoint.quiet_until and endpoint.quiet_until > timezone.now():
        waiting.filter(due_at__lt=endpoint.quiet_until).update(due_at=endpoint.quiet_until)
    elif _claim(delivery):
        _note(delivery, _attempt(delivery))


def _claim(delivery: WebhookDelivery) -> bool:
    """Of two tasks for the same attempt one makes it; if that one dies, the schedule finds the delivery again."""
    now = timezone.now()
    due = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.WAITING, due_at__lte=now)
    if not due.update(due_at=now + TAKEN_FOR_LOST, tries=F("tries") + 1):
        return False
    delivery.refresh_from_db(fields=["tries"])
    return True


def _attempt(delivery: WebhookDelivery) -> Answer:
    endpoint, body = delivery.endpoint, delivery.body.encode()
    valid = [endpoint.secret]
    if endpoint.earlier_until and endpoint.earlier_until > timezone.now():
        valid.append(endpoint.earlier_secret)
    try:
        secrets = [webhook_secrets.opened(secret) for secret in valid]
    except ConfigurationError as error:
        return Answer(None, str(error), 0)  # to be seen where whoever can mend it looks
    headers = webhook_secrets.headers(delivery.event_id, int(time.time()), body, secrets)
    headers |= {"Content-Type": "application/json", "User-Agent": USER_AGENT}
    return webhook_calls.post(endpoint.url, body, headers)


def _note(delivery: WebhookDelivery, answer: Answer) -> None:
    accepted = answer.status is not None and 200 <= answer.status < 300
    WebhookAttempt.objects.create(
        delivery=delivery,
        status=answer.status,
        milliseconds=answer.milliseconds,
        error="" if accepted else answer.text[:300],
    )
    endpoint = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id)
    if accepted:
        WebhookDelivery.objects.filter(pk=delivery.pk).update(state=State.DELIVERED)
        endpoint.filter(failures__gt=0).update(failures=0, failing_since=None, quiet_until=None)
        return
    _put_off(delivery)
    now = timezone.now()
    endpoint.update(failures=F("failures") + 1, failing_since=Coalesce("failing_since", now))
    endpoint.filter(failures__gte=ILL_AFTER).update(quiet_until=now + ILL_PAUSE)
    if answer.status == 410:
        switch_off(delivery.endpoint, "It answered 410: gone.")
    elif endpoint.filter(failing_since__lt=now - PATIENCE).exists():
        switch_off(delivery.endpoint, f"It has accepted nothing for {PATIENCE.days} days.")


def _put_off(delivery: WebhookDelivery) -> None:
    """Have it tried again; unless it was taken back meanwhile, or was tried often enough."""
    waiting = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.WAITING)
    if delivery.tries > len(DELAYS):
        waiting.update(state=State.GIVEN_UP)
        return
    delivery.due_at = timezone.now() + DELAYS[delivery.tries - 1]
    if waiting.update(due_at=delivery.due_at):
        send(delivery)


def switch_off(endpoint: WebhookEndpoint, because: str) -> None:
    """Send it nothing more, and tell whoever made it, once."""
    if not WebhookEndpoint.objects.filter(pk=endpoint.pk, is_on=True).update(is_on=False, off_because=because):
        return
    endpoint.deliveries.filter(state=State.WAITING).update(state=State.GIVEN_UP)
    maker = endpoint.made_by
    if maker is None or not maker.is_active or not maker.email:
        return
    page = reverse("admin:moderation_webhookendpoint_change", args=[endpoint.pk])
    text = render_to_string(
        "webhooks/switched_off.txt", {"endpoint": endpoint, "because": because, "link": f"{conf.site_url}{page}"}
    )
    try:
        send_mail("A webhook was switched off", text, settings.DEFAULT_FROM_EMAIL, [maker.email])
    except OSError:
        logger.exception("the maker of a webhook could not be told that it is off")


def send_due() -> int:
    """Hand over what is due and in no queue: long delays, and what a crash left behind; how many that were."""
    now = timezone.now()
    due = WebhookDelivery.objects.filter(
        Q(endpoint__quiet_until=None) | Q(endpoint__quiet_until__lte=now), state=State.WAITING, due_at__lte=now
    )
    found = list(due.order_by("due_at")[:MAX_BATCH])
    for delivery in found:
        send(delivery)
    return len(found)


def trim() -> None:
    WebhookDelivery.objects.filter(made_at__lt=timezone.now() - KEPT).delete()


def send_again(viewer: Moderator, chosen: list[WebhookDelivery]) -> int:
    """Begin anew with these, as they were; how many of them could be."""
    viewer.require(May.OPERATE)
    on = [delivery for delivery in chosen if delivery.endpoint.is_on and delivery.state != State.OVERTAKEN]
    for delivery in on:
        delivery.state, delivery.tries, delivery.due_at = State.WAITING, 0, timezone.now()
        delivery.save(update_fields=["state", "tries", "due_at"])
        send(delivery)
    return len(on)
