"""Who is told of what happens to images, and every message to them with its attempts."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class EventType(models.TextChoices):
    """The names are part of the interface: docs/webhooks.md."""

    READY = "image.ready", "An image is ready"
    FLAGGED = "image.flagged", "An image waits for a review"
    DECIDED = "image.decided", "A review was decided, or its decision taken back"
    FAILED = "image.failed", "An image could not be processed"


TEST = "webhook.test"  # asked for by hand, and sent whatever the endpoint listens to


class WebhookEndpoint(models.Model):
    """An address that is told. Its secrets are encrypted: signing needs them as they are."""

    url = models.CharField("address", max_length=500)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="images of",
        help_text="Whose images it is told of; leave it empty for everybody's.",
    )
    events = models.JSONField(default=list)
    is_on = models.BooleanField("switched on", default=True)
    off_because = models.CharField(max_length=200, blank=True, editable=False)

    secret = models.TextField(editable=False)
    earlier_secret = models.TextField(blank=True, editable=False)
    earlier_until = models.DateTimeField(null=True, editable=False)

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="webhook_endpoints"
    )
    made_at = models.DateTimeField("made", auto_now_add=True)

    # Of the attempts since the last one that it accepted.
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    quiet_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "webhook"
        ordering = ["url", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One event on its way to one endpoint. `due_at` of one that is being sent is when to take it for lost."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DELIVERED = "delivered", "Delivered"
        GIVEN_UP = "given_up", "Given up"
        OVERTAKEN = "overtaken", "Overtaken"  # its decision was taken back before it got through

    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries", verbose_name="webhook")
    event_id = models.CharField("webhook-id", max_length=40)
    type = models.CharField("event", max_length=20, choices=[*EventType.choices, (TEST, "A test")])
    image_id = models.CharField("image", max_length=26, blank=True, db_index=True)
    entry = models.CharField(max_length=64, blank=True)  # the hash of the audit entry whose decision it tells of
    body = models.TextField("payload")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField("attempts", default=0)
    due_at = models.DateTimeField("due")
    made_at = models.DateTimeField("made", auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "webhook delivery"
        verbose_name_plural = "webhook deliveries"
        ordering = ["-made_at"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["endpoint", "event_id"], name="one_delivery_an_event")]
        indexes = [models.Index(fields=["state", "due_at"], name="delivery_by_due")]

    def __str__(self) -> str:
        return f"{self.type} {self.image_id[-6:]}"


class WebhookAttempt(models.Model):
    """One try. Without a status there was no answer; `error` says why, or how a refusal reads."""

    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField(auto_now_add=True)
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField("ms")
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "attempt"
        ordering = ["at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%d %b, %H:%M:%S}"
