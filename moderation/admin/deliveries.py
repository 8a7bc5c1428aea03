"""What became of every webhook: its attempts, and again with it."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from media_pipeline.errors import DarkroomError
from moderation.access import viewer_of
from moderation.admin.permissions import ByRole
from moderation.models import WebhookAttempt, WebhookDelivery
from moderation.roles import May
from moderation.services.webhooks import deliveries

State = WebhookDelivery.State
TONES = {
    State.WAITING: "processing",
    State.DELIVERED: "ready",
    State.GIVEN_UP: "failed",
    State.OVERTAKEN: "review",
}
HEAD = SafeString(
    '<thead><tr><th scope="col">When</th><th scope="col">Status</th><th scope="col">Took</th>'
    '<th scope="col">Answer</th></tr></thead>'
)


@admin.action(description="Send again")
def send_again(modeladmin: Any, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:  # noqa: ARG001
    try:
        done = deliveries.send_again(viewer_of(request), list(queryset.select_related("endpoint")))
    except DarkroomError as error:
        messages.error(request, str(error))
        return
    left = queryset.count() - done
    because = f" {left} left out: their webhook is off, or their decision was taken back." if left else ""
    (messages.warning if left else messages.success)(request, f"{done} on their way again.{because}")


@admin.register(WebhookDelivery)
class DeliveryAdmin(ByRole):
    may_view = May.OPERATE
    list_display = ["moment", "endpoint", "type", "image", "outcome", "tries", "answered"]
    list_filter = ["state", "type", ("endpoint", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["endpoint"]
    search_fields = ["=image_id", "=event_id"]
    search_help_text = "Image, or webhook-id"
    actions = [send_again]
    change_form_template = "console/delivery.html"
    fields: ClassVar = ["endpoint", "event_id", "type", "image_id", "outcome", "due_at", "payload", "attempts"]
    readonly_fields: ClassVar = ["outcome", "payload", "attempts"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        last = WebhookAttempt.objects.filter(delivery=OuterRef("pk")).order_by("-at")
        found: QuerySet[WebhookDelivery] = super().get_queryset(request)
        return found.annotate(
            last_status=Subquery(last.values("status")[:1]), last_error=Subquery(last.values("error")[:1])
        )

    @admin.display(description="When", ordering="made_at")
    def moment(self, delivery: WebhookDelivery) -> str:
        return f"{delivery.made_at:%d %b %Y, %H:%M:%S}"

    @admin.display(description="Image", ordering="image_id")
    def image(self, delivery: WebhookDelivery) -> SafeString:
        return format_html('<span class="mono" title="{0}">{1}</span>', delivery.image_id, delivery.image_id[-6:])

    @admin.display(description="State", ordering="state")
    def outcome(self, delivery: WebhookDelivery) -> SafeString:
        state = State(delivery.state)
        return format_html('<span class="state {}">{}</span>', TONES[state], state.label)

    @admin.display(description="Last answer")
    def answered(self, delivery: WebhookDelivery) -> SafeString:
        status, error = delivery.last_status, delivery.last_error  # type: ignore[attr-defined]
        return format_html('<span class="mono long" title="{1}">{0} {1}</span>', status or "", error or "")

    @admin.display(description="Payload")
    def payload(self, delivery: WebhookDelivery) -> SafeString:
        text = json.dumps(json.loads(delivery.body), indent=2, ensure_ascii=False)
        return format_html('<pre class="mono">{}</pre>', text)

    @admin.display(description="Attempts")
    def attempts(self, delivery: WebhookDelivery) -> SafeString:
        rows = [
            (f"{attempt.at:%d %b, %H:%M:%S}", attempt.status or "No answer", attempt.milliseconds, attempt.error)
            for attempt in delivery.attempts.all()
        ]
        if not rows:
            return SafeString("None yet.")
        row = '<tr><td>{}</td><td>{}</td><td>{} ms</td><td class="mono">{}</td></tr>'
        return format_html('<table class="figures">{}{}</table>', HEAD, format_html_join("", row, rows))
