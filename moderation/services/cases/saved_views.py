"""The saved views of the queue, and which cases a moderator may take from one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from moderation.models import ReviewCase
from moderation.roles import May, Moderator
from moderation.services.cases.severity import SEVERE

NEAR = 10  # percent points around the threshold
State = ReviewCase.State
WHO_DECIDES = {
    State.OPEN: May.DECIDE,
    State.SECOND: May.DECIDE_SECOND,
    State.ESCALATED: May.REVIEW_ESCALATION,
    State.APPEALED: May.DECIDE_APPEAL,
}


@dataclass(frozen=True, slots=True)
class View:
    """A part of what waits; `wants` is asked with the moderator who looks."""

    name: str
    title: str
    wants: Callable[[Moderator], Q]

    def cases(self, viewer: Moderator) -> QuerySet[ReviewCase]:
        return waiting().filter(self.wants(viewer))


VIEWS = (
    View("all", "Everything", lambda _: Q()),
    View("mine", "Assigned to me", lambda viewer: Q(assignee=viewer.id)),
    View("severe", "Severe", lambda _: Q(severity__gte=SEVERE)),
    View(
        "near",
        "Near threshold",
        lambda _: Q(confidence__gte=F("threshold") - NEAR, confidence__lte=F("threshold") + NEAR),
    ),
    View("reports", "Reported", lambda _: Q(reports__gt=0)),
    View("sampled", "Sampled", lambda _: Q(source=ReviewCase.Source.SAMPLE)),
    View("second", "Second review", lambda _: Q(state=State.SECOND)),
    View("escalated", "Escalated", lambda _: Q(state=State.ESCALATED)),
    View("appeals", "Appeals", lambda _: Q(state=State.APPEALED)),
)


def view(name: str) -> View:
    return next((found for found in VIEWS if found.name == name), VIEWS[0])


def waiting() -> QuerySet[ReviewCase]:
    return ReviewCase.objects.filter(state__in=ReviewCase.WAITING, is_gone=False)


def decidable(viewer: Moderator) -> Q:
    """Cases that this person may decide: by their roles, and not their own uploads, nor what they had a part in."""
    states = [state for state, permission in WHO_DECIDES.items() if viewer.may(permission)]
    part = Q(state__in=[State.SECOND, State.APPEALED], deciders__contains=f"|{viewer.id}|")
    return Q(state__in=states) & ~Q(owner=viewer.id) & ~part


def counts(viewer: Moderator) -> dict[str, int]:
    """How many wait in each view, in one statement."""
    return waiting().aggregate(**{found.name: Count("pk", filter=found.wants(viewer) or None) for found in VIEWS})
