"""From a change of an image's record to webhooks on their way.

Every event has an id that follows from what happened, so that a change which comes twice is told once. Decisions wait,
so that an undo within that time leaves no trace; after a later one the receiver hears that they no longer stand.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from media_pipeline.record.events import RecordChange
from media_pipeline.record.models import Image, ReviewState, Status
from media_pipeline.review import audit, judgement, verdicts
from moderation.models import ChildSafetyCase, EventType, Statement, WebhookDelivery, WebhookEndpoint
from moderation.services.webhooks import deliveries

State = WebhookDelivery.State


@dataclass(frozen=True, slots=True)
class Event:
    """`about` is what tells it from others of its type about the image; `entry` is the decision it tells of."""

    type: EventType
    record: Image
    about: str
    at: dt.datetime
    data: dict[str, Any] = field(default_factory=dict)
    entry: str = ""
    due_at: dt.datetime | None = None

    @property
    def id(self) -> str:
        return "msg_" + hashlib.sha256(f"{self.type}\n{self.record.image_id}\n{self.about}".encode()).hexdigest()[:32]

    @property
    def body(self) -> str:
        """No link in it: whether and to whom the image may be shown is asked when somebody wants to see it."""
        about = {"image_id": self.record.image_id, "filename": self.record.filename, "status": self.record.status}
        payload = {"id": self.id, "type": self.type, "timestamp": self.at.isoformat(), "data": {**about, **self.data}}
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def listening() -> list[WebhookEndpoint]:
    return list(WebhookEndpoint.objects.filter(is_on=True))


def tell(change: RecordChange, endpoints: Sequence[WebhookEndpoint]) -> None:
    """Send `endpoints` what they want to know of the change; of a child-safety case nobody hears anything."""
    record = change.after
    concerned = [endpoint for endpoint in endpoints if record and endpoint.owner_id in {None, record.owner}]
    if record is None or not concerned or record.review == ReviewState.CHILD_SAFETY:
        return
    if ChildSafetyCase.objects.filter(pk=record.image_id).exists():  # held since: this change comes late
        return
    for event in _ended(change.before, record):
        for endpoint in concerned:
            _plan(endpoint, event)
    _settle(change.before, record, concerned)


def withdraw(image_id: str) -> None:
    """Send nothing more of an image, and keep nothing that was sent: it was erased, or is held, of which nobody may
    be warned.
    """
    WebhookDelivery.objects.filter(image_id=image_id).delete()


def _ended(before: Image | None, after: Image) -> Iterator[Event]:
    """What the change brought to an end, if anything; of what the pipeline does, only its last write."""
    if before is None or before.status is after.status:
        return
    now = timezone.now()
    match after.status:
        case Status.READY if before.unfinished and not after.unfinished:
            yield Event(EventType.READY, after, str(after.revision), now)
        case Status.FAILED if not before.failure:
            yield Event(EventType.FAILED, after, str(after.revision), now, {"reason": after.failure})
        case Status.IN_REVIEW:
            opened_at = verdicts.review_of(after).opened_at
            labels = judgement.labels_of(after)
            yield Event(EventType.FLAGGED, after, opened_at, dt.datetime.fromisoformat(opened_at), {"labels": labels})


def _settle(before: Image | None, after: Image, endpoints: Sequence[WebhookEndpoint]) -> None:
    """Plan to tell of a decision that the change brought, and take back the one that it ended."""
    past, standing = _decision(before), _decision(after)
    if past and (standing is None or standing.entry != past.entry):
        sent = WebhookDelivery.objects.filter(image_id=after.image_id, entry=past.entry, endpoint__in=endpoints)
        for delivery in sent.exclude(state=State.OVERTAKEN).select_related("endpoint"):
            _retract(delivery, after)
    if standing and (past is None or standing.entry != past.entry):
        decided = _decided(after, standing)
        for endpoint in endpoints:
            _plan(endpoint, decided)


def _decision(record: Image | None) -> verdicts.Decision | None:
    return verdicts.review_of(record).decision if record and record.review else None


def _retract(delivery: WebhookDelivery, record: Image) -> None:
    undelivered = WebhookDelivery.objects.filter(pk=delivery.pk, state__in=[State.WAITING, State.GIVEN_UP])
    if undelivered.filter(tries=0).update(state=State.OVERTAKEN):
        return
    undelivered.update(state=State.OVERTAKEN)  # some attempt may have arrived all the same
    data = {"decision": None, "retracts": delivery.event_id}
    _plan(
        delivery.endpoint,
        Event(EventType.DECIDED, record, f"{delivery.entry} retracted", timezone.now(), data),
    )


def _decided(record: Image, decision: verdicts.Decision) -> Event:
    at = dt.datetime.fromisoformat(decision.at)
    verdict = decision.verdict
    data = {
        "decision": {
            "outcome": verdict.outcome,
            "policy": verdict.policy,
            "automated": decision.by == audit.PIPELINE,
        }
    }
    return Event(EventType.DECIDED, record, decision.entry, at, data, decision.entry, at + Statement.DELAY)


def _plan(endpoint: WebhookEndpoint, event: Event) -> None:
    if event.type not in endpoint.events:
        return
    delivery, _ = WebhookDelivery.objects.get_or_create(
        endpoint=endpoint,
        event_id=event.id,
        defaults={
            "type": event.type,
            "image_id": event.record.image_id,
            "entry": event.entry,
            "body": event.body,
            "due_at": event.due_at or timezone.now(),
        },
    )
    if delivery.state == State.WAITING and not delivery.tries:
        deliveries.send(delivery)  # even if it was there: the first time may have ended before this
