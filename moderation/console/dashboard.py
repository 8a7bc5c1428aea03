"""How the work goes: figures, charts that are tables as well, and one's own exposure."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from moderation.access import page
from moderation.console import charts
from moderation.durations import duration
from moderation.roles import May, Moderator
from moderation.services.cases import metrics


@page(May.VIEW_METRICS)
def dashboard(request: HttpRequest, viewer: Moderator) -> HttpResponse:
    backlog = metrics.backlog()
    context = {
        **admin.site.each_context(request),
        "title": "Dashboard",
        "backlog": backlog,
        "oldest": duration(backlog.oldest),
        "p50": duration(backlog.p50),
        "p90": duration(backlog.p90),
        "flow": charts.bars("Flagged and decided, last 24 hours", ("Hour", "Flagged", "Decided"), metrics.flow()),
        "precision": charts.bars(
            "Precision by confidence, last 30 days",
            ("Confidence, %", "Unwanted"),
            metrics.precision_by_decile(),
            most=100,
            unit=" %",
        ),
        "labels": metrics.labels(),
        "agreement": metrics.agreement(),
        "overturned": metrics.overturn_rate(),
        "exposures": metrics.exposures(viewer),
        "everybody": viewer.may(May.VIEW_MODERATOR_METRICS),
    }
    return render(request, "console/dashboard.html", context)
