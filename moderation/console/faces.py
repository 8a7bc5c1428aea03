"""Faces that may be somebody's: one after the other, by keyboard."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from moderation.access import page
from moderation.console.review import keys_of, settings_of
from moderation.models import FaceAct
from moderation.roles import May, Moderator

CALLS = ("more", "decide", "undo", "names", "boxes", "change")
KEYS = {
    "confirm": "Enter",
    "new": "n",
    "wrong": "w",
    "nobody": "i",
    "hide": "h",
    "edit": "b",
    "skip": "s",
    "undo": "u",
    "help": "?",
}


@page(May.TAG_FACE)
def stream(request: HttpRequest, viewer: Moderator) -> HttpResponse:
    """The page; its faces come when it asks for them."""
    library = request.GET.get("library", "")
    kept = settings_of(viewer)
    keys = keys_of(kept, KEYS)
    today = FaceAct.objects.filter(by=viewer.id, at__date=timezone.now().date(), undone_at=None)
    data = {
        "view": library,
        "first": "",
        "noun": "Face",
        "keys": keys,
        "keysOff": kept.keys_off,
        "decided": today.count(),
        "urls": {name: reverse(f"admin:faces_{name}") for name in CALLS},
    }
    return render(request, "console/faces.html", {"data": data, "keys": keys, "library": library})
