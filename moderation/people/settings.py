"""The settings of a library: whether people may be recognised in it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from media_pipeline.access.readers import Reader
from media_pipeline.errors import InvalidRequestError
from media_pipeline.library.access import LibraryRequest, signed_in
from moderation.models import Erasure
from moderation.services.privacy import consents
from moderation.services.privacy import jobs as erasure_jobs


@require_safe
@signed_in
def settings(request: LibraryRequest, reader: Reader) -> HttpResponse:
    state = consents.state(reader, reader.id)
    jobs = Erasure.objects.filter(asked_by=reader.id, finished_at=None)
    would_go = erasure_jobs.plan_for(reader, Erasure.Kind.CONSENT, reader.id) if state.is_given else {}
    context = {
        "consent": state,
        "text": consents.TEXT,
        "would_go": [(what, count) for what, count in would_go.items() if count],
        "jobs": [(job, *erasure_jobs.progress(job)) for job in jobs],
    }
    return render(request, "people/settings.html", context)


@require_POST
@signed_in
def consent(request: LibraryRequest, reader: Reader) -> HttpResponse:
    """`do` is give, with the box checked, or revoke."""
    match request.POST.get("do"):
        case "give":
            if "agreed" not in request.POST:
                raise InvalidRequestError("Check the box to agree.", field="agreed")
            consents.give(reader, reader.id)
            messages.success(request, "People are recognised from now on. Photos that are here already follow.")
        case "revoke":
            consents.revoke(reader, reader.id)
            messages.success(request, "Nothing is measured any more. What was is being deleted.")
        case _:
            raise InvalidRequestError("Say whether you agree.", field="do")
    return redirect("library_settings")
