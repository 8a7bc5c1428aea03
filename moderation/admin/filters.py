"""Filters of the queue: each narrows by one thing, and costs no SQL of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from moderation.access import viewer_of
from moderation.models import ReviewCase
from moderation.services.cases import saved_views

Cases = QuerySet[ReviewCase]
BANDS = ((0, 50), (50, 60), (60, 70), (70, 80), (80, 90), (90, 101))
AGES = {"hour": ("Past hour", dt.timedelta(hours=1)), "day": ("Past day", dt.timedelta(days=1))}


class StateFilter(admin.SimpleListFilter):
    """What waits, unless somebody asks for more."""

    title, parameter_name = "state", "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("all", "All"), *((value, str(label)) for value, label in ReviewCase.State.choices)]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=["state"]),
            "display": "Waiting",
        }
        for value, title in self.lookup_choices:
            selected = self.value() == str(value)
            yield {
                "selected": selected,
                "query_string": changelist.get_query_string({"state": value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: Cases) -> Cases:  # noqa: ARG002
        if self.value() is None:
            return queryset.filter(state__in=ReviewCase.WAITING, is_gone=False)
        return queryset if self.value() == "all" else queryset.filter(state=self.value())


class ViewFilter(admin.SimpleListFilter):
    """The saved views; the page shows them above the list, with their counts."""

    title, parameter_name, template = "view", "view", "console/nothing.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [(view.name, view.title) for view in saved_views.VIEWS]

    def queryset(self, request: HttpRequest, queryset: Cases) -> Cases:
        return queryset.filter(saved_views.view(self.value() or "").wants(viewer_of(request)))


class ConfidenceFilter(admin.SimpleListFilter):
    title, parameter_name = "confidence", "band"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [(str(low), f"{low} to {min(high, 100)} %") for low, high in BANDS]

    def queryset(self, request: HttpRequest, queryset: Cases) -> Cases:  # noqa: ARG002
        chosen = next(((low, high) for low, high in BANDS if str(low) == self.value()), None)
        return queryset.filter(confidence__gte=chosen[0], confidence__lt=chosen[1]) if chosen else queryset


class AgeFilter(admin.SimpleListFilter):
    title, parameter_name = "age", "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("late", "Overdue"), *((name, title) for name, (title, _) in AGES.items()), ("older", "Older")]

    def queryset(self, request: HttpRequest, queryset: Cases) -> Cases:  # noqa: ARG002
        now = timezone.now()
        match self.value():
            case "late":
                return queryset.filter(due_at__lt=now)
            case "older":
                return queryset.filter(flagged_at__lt=now - AGES["day"][1])
            case name if name in AGES:
                return queryset.filter(flagged_at__gte=now - AGES[str(name)][1])
            case _:
                return queryset


class OwnerFilter(admin.SimpleListFilter):
    """There when an owner was clicked on; a list of all of them would be no help."""

    title, parameter_name = "owner", "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        chosen = request.GET.get("owner")
        return [(chosen, f"…{chosen[-6:]}")] if chosen else []

    def queryset(self, request: HttpRequest, queryset: Cases) -> Cases:  # noqa: ARG002
        return queryset.filter(owner=self.value()) if self.value() else queryset
