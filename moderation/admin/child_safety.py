"""Child-safety cases: for one role alone, and without an image for anybody."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from media_pipeline.errors import DarkroomError
from moderation.access import viewer_of
from moderation.admin.permissions import ByRole
from moderation.models import ChildSafetyCase
from moderation.roles import May
from moderation.services import child_safety

Cases = QuerySet[ChildSafetyCase]


class ReferenceForm(forms.Form):
    reference = forms.CharField(max_length=100, help_text="What the authority gave the report.")


class WhyForm(forms.Form):
    reference = forms.CharField(label="Why it is none", max_length=300)


@admin.action(description="The report was filed…")
def filed(modeladmin: ChildSafetyAdmin, request: HttpRequest, queryset: Cases) -> HttpResponse | None:
    return modeladmin.ask(request, queryset, "filed", "File a report for", ReferenceForm)


@admin.action(description="It is no such image: back to review…")
def released(modeladmin: ChildSafetyAdmin, request: HttpRequest, queryset: Cases) -> HttpResponse | None:
    return modeladmin.ask(request, queryset, "released", "Release", WhyForm)


@admin.register(ChildSafetyCase)
class ChildSafetyAdmin(ByRole):
    may_view = May.DECIDE_CHILD_SAFETY
    list_display = ["image_id", "held_at", "reported_at", "reference"]
    list_display_links = None
    list_filter = [("reported_at", admin.EmptyFieldListFilter)]
    search_fields = ["=image_id"]
    actions = [filed, released]

    def ask(
        self, request: HttpRequest, cases: Cases, action: str, verb: str, form_class: type[forms.Form]
    ) -> HttpResponse | None:
        ids = list(cases.values_list("pk", flat=True))
        form = form_class(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            context = {
                **admin.site.each_context(request),
                "title": f"{verb} {len(ids)} {'case' if len(ids) == 1 else 'cases'}",
                "verb": verb,
                "action": action,
                "ids": ids,
                "form": form,
                "opts": self.opts,
            }
            return render(request, "console/confirm.html", context)
        act = child_safety.file if action == "filed" else child_safety.release
        try:
            for image_id in ids:
                act(viewer_of(request), image_id, form.cleaned_data["reference"])
            messages.success(request, f"{len(ids)} done.")
        except DarkroomError as error:
            messages.error(request, str(error))
        return None
