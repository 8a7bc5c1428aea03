"""Dead letters and failed images: what happened, and again or away with it."""

from __future__ import annotations

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from media_pipeline.errors import DarkroomError
from moderation.access import page
from moderation.roles import May, Moderator
from moderation.services.operations import operations as services


@page(May.OPERATE)
def operations(request: HttpRequest, viewer: Moderator) -> HttpResponse:
    if request.method == "POST":
        try:
            messages.success(request, _act(request, viewer))
        except DarkroomError as error:
            messages.error(request, str(error))
        return redirect("admin:operations")
    context = {**admin.site.each_context(request), "title": "Operations", "webhooks": services.webhooks(viewer)}
    try:
        context |= {
            "health": services.health(viewer),
            "letters": services.letters(viewer),
            "failed": services.failed(viewer),
            "stuck": services.stuck(viewer),
        }
    except DarkroomError as error:  # the page opens all the same, and says what does not answer
        messages.error(request, str(error))
    return render(request, "console/operations.html", context)


def _act(request: HttpRequest, viewer: Moderator) -> str:
    chosen = request.POST.getlist("chosen")
    match request.POST.get("act"):
        case "redrive":
            return f"{services.redrive(viewer, chosen)} redriven."
        case "discard":
            return f"{services.discard(viewer, chosen)} discarded."
        case "retry":
            return f"{services.retry(viewer, chosen)} on their way again."
        case _:
            return "Nothing was chosen."
