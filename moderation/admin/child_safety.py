"""Child-safety cases: for one role alone, and without an image for anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from media_pipeline.errors import DarkroomError
from moderation.access import viewer_of
from moderation.admin import bulk
from moderation.admin.permissions import ByRole
from moderation.models import ChildSafetyCase
from moderation.roles import May
from moderation.services.cases import child_safety

Cases = QuerySet[ChildSafetyCase]


class ReferenceForm(forms.Form):
    reference = forms.CharField(max_length=100, help_text="What the authority gave the report.")


class WhyForm(forms.Form):
    reason = forms.CharField(label="Why it is none", max_length=300)


def confirmed(
    request: HttpRequest, cases: Cases, *, name: str, verb: str, form_class: type[forms.Form], act: Callable[..., None]
) -> HttpResponse | None:
    """The question, or when it was answered, the act on each case."""
    ids = list(cases.values_list("pk", flat=True))
    form = bulk.answered(request, form_class)
    if not form.is_valid():
        return bulk.question(request, ChildSafetyCase, ids, form, name=name, verb=verb)
    try:
        for image_id in ids:
            act(viewer_of(request), image_id, **form.cleaned_data)
        messages.success(request, f"{len(ids)} done.")
    except DarkroomError as error:
        messages.error(request, str(error))
    return None


@admin.action(description="The report was filed…")
def filed(modeladmin: Any, request: HttpRequest, queryset: Cases) -> HttpResponse | None:  # noqa: ARG001
    verb, act = "File a report for", child_safety.file
    return confirmed(request, queryset, name="filed", verb=verb, form_class=ReferenceForm, act=act)


@admin.action(description="It is no such image: back to review…")
def released(modeladmin: Any, request: HttpRequest, queryset: Cases) -> HttpResponse | None:  # noqa: ARG001
    act = child_safety.release
    return confirmed(request, queryset, name="released", verb="Release", form_class=WhyForm, act=act)


@admin.register(ChildSafetyCase)
class ChildSafetyAdmin(ByRole):
    may_view = May.DECIDE_CHILD_SAFETY
    list_display = ["image_id", "held_at", "reported_at", "reference"]
    list_display_links = None
    list_filter = [("reported_at", admin.EmptyFieldListFilter)]
    search_fields = ["=image_id"]
    actions = [filed, released]
