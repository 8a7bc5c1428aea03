"""What can be done to many cases at once: asked first, done by the services, told honestly."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from media_pipeline.errors import DarkroomError
from media_pipeline.review.verdicts import Outcome
from moderation.access import viewer_of
from moderation.models import ContentPolicy, ReviewCase
from moderation.roles import Moderator
from moderation.services.cases import assigning, decisions
from moderation.services.cases.decisions import MAX_GROUP, Result

Cases = QuerySet[ReviewCase]


class Plain(forms.Form):
    """Nothing to be said; only to be confirmed."""


class UnderPolicy(forms.Form):
    policy = forms.ModelChoiceField(ContentPolicy.objects.filter(is_active=True), to_field_name="code")
    reason = forms.CharField(
        required=False, max_length=decisions.MAX_TEXT_LENGTH, help_text="In place of the policy's own text."
    )


class WithNote(forms.Form):
    note = forms.CharField(label="Why", max_length=decisions.MAX_TEXT_LENGTH)


Act = Callable[[Moderator, list[str], dict[str, Any]], list[Result]]


def confirmed(
    request: HttpRequest, cases: Cases, *, name: str, verb: str, done: str, form_class: type[forms.Form], act: Act
) -> HttpResponse | None:
    """The question, or when it was answered, the act and what came of it."""
    ids = list(cases.values_list("pk", flat=True)[: MAX_GROUP + 1])
    if len(ids) > MAX_GROUP:
        messages.error(request, f"At most {MAX_GROUP} cases at once. Nothing was changed; select fewer.")
        return None
    form = answered(request, form_class)
    if not form.is_valid():
        labels = cases.order_by().values_list("label", flat=True).distinct()[:8]
        return question(request, ReviewCase, ids, form, name=name, verb=verb, labels=labels)
    try:
        tell(request, done, act(viewer_of(request), ids, form.cleaned_data))
    except DarkroomError as error:
        messages.error(request, str(error))
    return None


def answered(request: HttpRequest, form_class: type[forms.Form]) -> forms.Form:
    """The form with what was answered; not valid while nothing was."""
    return form_class(request.POST if "confirmed" in request.POST else None)


def question(
    request: HttpRequest,
    model: type[Model],
    ids: list[str],
    form: forms.Form,
    *,
    name: str,
    verb: str,
    labels: Iterable[str] = (),
) -> HttpResponse:
    """The page that asks before the action `name` is done to these cases."""
    context = {
        **admin.site.each_context(request),
        "title": f"{verb} {len(ids)} {'case' if len(ids) == 1 else 'cases'}",
        "verb": verb,
        "action": name,
        "ids": ids,
        "form": form,
        "labels": labels,
        "opts": model._meta,  # noqa: SLF001 - as Django's own confirmation has it
    }
    return render(request, "console/confirm.html", context)


def tell(request: HttpRequest, done: str, results: list[Result]) -> None:
    """How many it worked for; for how many it did not, and why."""
    went_well = sum(not result.problem for result in results)
    if went_well:
        messages.success(request, f"{went_well} {done}.")
    for problem, count in Counter(result.problem for result in results if result.problem).most_common(5):
        messages.warning(request, f"{count} not: {problem[0].lower()}{problem[1:]}")


def _decide(outcome: Outcome) -> Act:
    def act(viewer: Moderator, ids: list[str], fields: dict[str, Any]) -> list[Result]:
        policy, reason = fields.get("policy"), fields.get("reason", "")
        code = policy.code if policy else ""
        return decisions.decide(viewer, ids, outcome, policy_code=code, reason=reason, batch=uuid.uuid4().hex)

    return act


@admin.action(description="Allow…")
def allow(modeladmin: Any, request: HttpRequest, queryset: Cases) -> HttpResponse | None:  # noqa: ARG001
    act = _decide(Outcome.ALLOW)
    return confirmed(request, queryset, name="allow", verb="Allow", done="allowed", form_class=Plain, act=act)


@admin.action(description="Remove under a policy…")
def remove(modeladmin: Any, request: HttpRequest, queryset: Cases) -> HttpResponse | None:  # noqa: ARG001
    act = _decide(Outcome.REMOVE)
    return confirmed(request, queryset, name="remove", verb="Remove", done="removed", form_class=UnderPolicy, act=act)


@admin.action(description="Restrict under a policy…")
def restrict(modeladmin: Any, request: HttpRequest, queryset: Cases) -> HttpResponse | None:  # noqa: ARG001
    act = _decide(Outcome.RESTRICT)
    return confirmed(
        request, queryset, name="restrict", verb="Restrict", done="restricted", form_class=UnderPolicy, act=act
    )


@admin.action(description="Escalate…")
def escalate(modeladmin: Any, request: HttpRequest, queryset: Cases) -> HttpResponse | None:  # noqa: ARG001
    def act(viewer: Moderator, ids: list[str], fields: dict[str, Any]) -> list[Result]:
        return decisions.escalate(viewer, ids, fields["note"], batch=uuid.uuid4().hex)

    return confirmed(
        request, queryset, name="escalate", verb="Escalate", done="escalated", form_class=WithNote, act=act
    )


@admin.action(description="Open decided cases again…")
def reopen(modeladmin: Any, request: HttpRequest, queryset: Cases) -> HttpResponse | None:  # noqa: ARG001
    def act(viewer: Moderator, ids: list[str], fields: dict[str, Any]) -> list[Result]:
        return decisions.reopen(viewer, ids, fields["note"])

    return confirmed(
        request, queryset, name="reopen", verb="Open again", done="open again", form_class=WithNote, act=act
    )


@admin.action(description="Assign to me")
def assign_to_me(modeladmin: Any, request: HttpRequest, queryset: Cases) -> None:  # noqa: ARG001
    count = assigning.take(viewer_of(request), queryset)
    messages.success(request, f"{count} assigned to you.")


@admin.action(description="Give back")
def give_back(modeladmin: Any, request: HttpRequest, queryset: Cases) -> None:  # noqa: ARG001
    count = assigning.give_back(viewer_of(request), queryset)
    messages.success(request, f"{count} given back to everybody.")
