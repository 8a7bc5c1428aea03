"""The review page: one case after the other, by keyboard."""

from __future__ import annotations

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from moderation.access import page
from moderation.models import ConsoleSettings, ContentPolicy, Exposure, ReviewCase
from moderation.roles import Moderator
from moderation.services.cases import saved_views

DECIDERS = tuple(saved_views.WHO_DECIDES.values())
CALLS = ("more", "decide", "undo", "keep", "reveal", "release")
KEYS = {
    "allow": "a",
    "restrict": "t",
    "remove": "r",
    "escalate": "e",
    "skip": "s",
    "undo": "u",
    "colour": "c",
    "boxes": "b",
    "labels": "l",
    "copies": "d",
    "note": "n",
    "uphold": "y",
    "overturn": "o",
    "help": "?",
}


QUESTIONS = (
    ("escalate", "Escalate to a senior", "What should they look at?"),
    ("uphold", "Uphold the decision", "Why? The owner is told."),
    ("overturn", "Overturn the decision", "Why? The owner is told."),
    ("note", "A reason of your own", "The owner is told, in place of the policy's text."),
)


@page(*DECIDERS)
def review(request: HttpRequest, viewer: Moderator, image_id: str = "") -> HttpResponse:
    """The page; its cases come when it asks for them, because a GET must not take leases."""
    view = saved_views.view(request.GET.get("view", ""))
    kept = settings_of(viewer)
    today, keys, revealed = timezone.now().date(), keys_of(kept, KEYS), _revealed_today(viewer)
    data = {
        "view": view.name,
        "first": image_id,
        "noun": "Case",
        "keys": keys,
        "keysOff": kept.keys_off,
        "colour": kept.in_colour,
        "toggles": kept.toggle_reveal,
        "breakMinutes": kept.break_minutes,
        "breakAfter": revealed + kept.reveal_limit,
        "revealLimit": kept.reveal_limit,
        "decided": ReviewCase.objects.filter(decided_by=viewer.id, decided_at__date=today).count(),
        "revealed": revealed,
        "urls": {name: reverse(f"admin:review_{name}") for name in CALLS},
    }
    policies = ContentPolicy.objects.filter(is_active=True)
    context = {"view": view, "keys": keys, "questions": QUESTIONS, "policies": policies, "data": data}
    return render(request, "console/review.html", context)


def keys_of(kept: ConsoleSettings, defaults: dict[str, str]) -> dict[str, str]:
    """A page's keys, as this person has them."""
    return {act: kept.keys.get(act, key) for act, key in defaults.items()}


def settings_of(viewer: Moderator) -> ConsoleSettings:
    return ConsoleSettings.objects.filter(moderator_id=viewer.id).first() or ConsoleSettings(moderator_id=viewer.id)


def _revealed_today(viewer: Moderator) -> int:
    today = Exposure.objects.filter(moderator_id=viewer.id, day=timezone.now().date())
    return today.aggregate(sum=Sum("reveals"))["sum"] or 0
