"""The review page: one case after the other, by keyboard."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from moderation.access import page
from moderation.models import ConsoleSettings, ContentPolicy, Exposure, ReviewCase
from moderation.roles import Moderator
from moderation.services import views

DECIDERS = tuple(views.WHO_DECIDES.values())
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


@page(*DECIDERS)
def review(request: HttpRequest, viewer: Moderator, image_id: str = "") -> HttpResponse:
    """The page; its cases come when it asks for them, because a GET must not take leases."""
    view = views.view(request.GET.get("view", ""))
    kept = settings_of(viewer)
    return render(
        request,
        "console/review.html",
        {
            "view": view,
            "keys": {**KEYS, **kept.keys},
            "data": {
                "view": view.name,
                "first": image_id,
                "policies": [_policy(policy) for policy in ContentPolicy.objects.filter(is_active=True)],
                "keys": {**KEYS, **kept.keys},
                "keysOff": kept.keys_off,
                "colour": kept.in_colour,
                "toggles": kept.toggle_reveal,
                "breakMinutes": kept.break_minutes,
                "revealLimit": kept.reveal_limit,
                "decided": ReviewCase.objects.filter(
                    decided_by=viewer.id, decided_at__date=timezone.now().date()
                ).count(),
                "revealed": _revealed_today(viewer),
                "urls": {name: reverse(f"admin:review_{name}") for name in CALLS},
            },
        },
    )


def settings_of(viewer: Moderator) -> ConsoleSettings:
    return ConsoleSettings.objects.filter(moderator_id=viewer.id).first() or ConsoleSettings(moderator_id=viewer.id)


def _policy(policy: ContentPolicy) -> dict[str, Any]:
    return {"key": policy.number, "code": policy.code, "title": policy.title, "text": policy.text}


def _revealed_today(viewer: Moderator) -> int:
    today = Exposure.objects.filter(moderator_id=viewer.id, day=timezone.now().date())
    return today.aggregate(sum=Sum("reveals"))["sum"] or 0
