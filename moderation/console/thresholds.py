"""The page of thresholds: change, see what it would have done, then publish."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from media_pipeline.errors import DarkroomError
from media_pipeline.review import policy
from media_pipeline.review.policy import Policy
from moderation.access import page
from moderation.console import charts
from moderation.models import Thresholds
from moderation.roles import May, Moderator
from moderation.services.cases import thresholds


class ThresholdsForm(forms.Form):
    default_threshold = forms.FloatField(min_value=0, max_value=100, label="Threshold of every other label, %")
    sample_percent = forms.FloatField(min_value=0, max_value=100, label="Reviewed at random, %")
    second_percent = forms.FloatField(min_value=0, max_value=100, label="Reviewed by two people at random, %")
    reason = forms.CharField(max_length=300, required=False, label="Why it changes")

    def __init__(self, labels: list[str], rules: Policy, data: Any = None) -> None:
        initial = {
            "default_threshold": rules.default_threshold,
            "sample_percent": rules.sample_rate * 100,
            "second_percent": rules.second_review_rate * 100,
        }
        super().__init__(data, initial=initial)
        self.labels = labels
        for name in labels:
            self.fields[_field(name)] = forms.FloatField(
                label=name, required=False, min_value=0, max_value=100, initial=rules.thresholds.get(name)
            )

    def policy(self) -> Policy:
        cleaned = self.cleaned_data
        return Policy(
            default_threshold=cleaned["default_threshold"],
            thresholds={name: cleaned[_field(name)] for name in self.labels if cleaned[_field(name)] is not None},
            sample_rate=cleaned["sample_percent"] / 100,
            second_review_rate=cleaned["second_percent"] / 100,
        )


def _field(label: str) -> str:
    return f"label {label}"


@page(May.VIEW_THRESHOLDS)
def thresholds_page(request: HttpRequest, viewer: Moderator) -> HttpResponse:
    policy.clear_cache()
    rules, kept = policy.current(), thresholds.scores()
    form = ThresholdsForm(thresholds.known_labels(kept), rules, request.POST or None)
    proposed = form.policy() if form.is_bound and form.is_valid() else None
    if proposed and "publish" in request.POST:
        try:
            row = thresholds.publish(viewer, proposed, form.cleaned_data["reason"])
        except DarkroomError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Version {row.version} is in force; the pipeline reads it within a minute.")
            return redirect("admin:thresholds")
    now = thresholds.replay(rules, kept)
    then = thresholds.replay(proposed, kept) if proposed else None
    context = {
        **admin.site.each_context(request),
        "title": "Thresholds",
        "form": form,
        "may_edit": viewer.may(May.EDIT_THRESHOLDS),
        "rules": rules,
        "scores": len(kept),
        "now": now,
        "then": then,
        "difference": then.flagged - now.flagged if then else 0,
        "labels": _label_rows(now, then),
        "curve": charts.line(
            thresholds.curve(proposed or rules, kept),
            marks=[("in force", rules.default_threshold)]
            + ([("proposed", proposed.default_threshold)] if proposed else []),
        ),
        "versions": Thresholds.objects.select_related("by")[:20],
    }
    return render(request, "console/thresholds.html", context)


def _label_rows(now: thresholds.Replay, then: thresholds.Replay | None) -> list[tuple[str, int, int | None]]:
    names = sorted({*now.by_label, *(then.by_label if then else {})})
    return [(name, now.by_label.get(name, 0), then.by_label.get(name, 0) if then else None) for name in names]
