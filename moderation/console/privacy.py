"""Forgetting, for privacy officers: what would go, then the job and how far it is."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from media_pipeline.errors import DarkroomError, InvalidRequestError
from moderation.access import page
from moderation.models import Erasure, User
from moderation.roles import May, Moderator
from moderation.services.privacy import consents, jobs

Kind = Erasure.Kind
FORGET: dict[str, Callable[[Moderator, str], object]] = {
    Kind.PERSON: jobs.forget_person,
    Kind.CONSENT: consents.revoke,  # which writes down who revoked it
    Kind.IMAGE: jobs.forget_image,
    Kind.ACCOUNT: jobs.forget_account,
}


@page(May.ERASE_BIOMETRICS)
def privacy(request: HttpRequest, viewer: Moderator) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    kind, typed = asked.get("kind", ""), asked.get("subject", "").strip()
    context = {
        **admin.site.each_context(request),
        "title": "Privacy",
        "kinds": Kind.choices,
        "kind": kind,
        "subject": typed,
        "plan": None,
    }
    try:
        if typed and kind not in Kind.values:
            raise InvalidRequestError("Choose what is to be forgotten.", field="kind")
        if typed and request.method == "POST":
            FORGET[kind](viewer, _id_of(kind, typed))
            messages.success(request, "It is being forgotten. How far it is, is shown below.")
            return redirect("admin:privacy")
        if typed:
            counts = jobs.plan_for(viewer, kind, _id_of(kind, typed))
            context["plan"] = [(what.replace("_", " ").capitalize(), count) for what, count in counts.items()]
    except DarkroomError as error:
        messages.error(request, str(error))
    context["jobs"] = [(job, *jobs.progress(job)) for job in jobs.jobs(viewer)]
    context["is_running"] = any(job.finished_at is None for job, _, _ in context["jobs"])
    return render(request, "console/privacy.html", context)


def _id_of(kind: str, typed: str) -> str:
    """Accounts, and the libraries that are theirs, may be given by name."""
    if kind not in {Kind.ACCOUNT, Kind.CONSENT}:
        return typed
    found = User.objects.filter(username=typed).values_list("pk", flat=True).first()
    return found or typed
