"""What the review page asks in the background. One request a decision: it also brings the next cases."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from media_pipeline.api.requests import Input
from media_pipeline.review.verdicts import Outcome
from moderation.access import call
from moderation.console import panel
from moderation.inputs import (
    MAX_BATCH_LENGTH,
    MAX_ID_LENGTH,
    Chosen,
    Fields,
    Nothing,
    Undoing,
    ids,
    number,
    one_of,
    text,
)
from moderation.models import ContentPolicy, ReviewCase
from moderation.models.cases import SLA_MINUTES
from moderation.roles import Moderator
from moderation.services.cases import bundles, decisions, exposures, leases, saved_views
from moderation.services.cases.decisions import MAX_TEXT_LENGTH, Result

AHEAD = 6  # the case at hand and the next five


def _decide(viewer: Moderator, fields: Fields, *, outcome: Outcome) -> list[Result]:
    return decisions.decide(
        viewer,
        fields["cases"],
        outcome,
        policy_code=fields["policy"],
        reason=fields["note"],
        batch=fields["batch"],
    )


def _escalate(viewer: Moderator, fields: Fields) -> list[Result]:
    return decisions.escalate(viewer, fields["cases"], fields["note"], batch=fields["batch"])


def _answer_appeal(viewer: Moderator, fields: Fields, *, overturn: bool) -> list[Result]:
    (case, *_), reason, batch = fields["cases"], fields["note"], fields["batch"]
    return decisions.answer_appeal(viewer, case, overturn=overturn, reason=reason, batch=batch)


def _hold(viewer: Moderator, fields: Fields) -> list[Result]:
    return decisions.hold(viewer, fields["cases"][0])


def _skip(viewer: Moderator, fields: Fields) -> list[Result]:
    decisions.skip(viewer, fields["cases"][0])
    return []


ACTS: dict[str, Callable[[Moderator, Fields], list[Result]]] = {
    **{outcome.value: partial(_decide, outcome=outcome) for outcome in Outcome},
    "escalate": _escalate,
    "uphold": partial(_answer_appeal, overturn=False),
    "overturn": partial(_answer_appeal, overturn=True),
    "hold": _hold,
    "skip": _skip,
}


class Further(Input):
    """Which cases the page has, and which it wants."""

    view = text("View", 20)
    first = text("First", MAX_ID_LENGTH)
    have = ids(default=list)
    want = number("Want", required=False)


class Decision(Further):
    act = one_of(list(ACTS))
    cases = ids(allow_empty=False)
    batch = text("Batch", MAX_BATCH_LENGTH)
    note = text("Note", MAX_TEXT_LENGTH)
    policy = text("Policy", 40)
    looked = number("Looked", default=0)


class Revealing(Input):
    case = text("Case", MAX_ID_LENGTH)


@call(Further)
def more(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """Cases to go on with."""
    return _more(viewer, fields)


@call(Decision)
def decide(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """One act on a case and the duplicates that go with it."""
    if fields["looked"]:
        exposures.looked(viewer, fields["looked"])
    results = ACTS[fields["act"]](viewer, fields)
    return {"problems": _problems(results), **_more(viewer, fields)}


@call(Undoing)
def undo(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    return {"problems": _problems(decisions.undo(viewer, fields["cases"], batch=fields["batch"]))}


@call(Chosen)
def keep(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """The heartbeat: which of the cases are still this person's, each with its clock."""
    cases = ReviewCase.objects.filter(pk__in=leases.renew(viewer, fields["cases"]))
    return {"kept": {case.pk: panel.clock(case.seconds_left, SLA_MINUTES[case.severity] * 60) for case in cases}}


@call(Nothing)
def release(viewer: Moderator, fields: Fields) -> dict[str, Any]:  # noqa: ARG001 - nothing to be said
    return {"released": leases.release(viewer)}


@call(Revealing)
def reveal(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    return {"url": exposures.reveal(viewer, fields["case"])}


def _problems(results: list[Result]) -> dict[str, str]:
    return {result.image_id: result.problem for result in results if result.problem}


def _more(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    view, have = fields["view"], fields["have"]
    wanted = min(AHEAD, fields.get("want", AHEAD - len(have)))
    cases = leases.claim(viewer, view, wanted, first=fields["first"], have=have) if wanted > 0 else []
    policies = {policy.number: policy for policy in ContentPolicy.objects.filter(is_active=True)} if cases else {}
    return {
        "cases": [panel.sent(bundle, policies) for bundle in bundles.bundles(viewer, cases)],
        "waiting": saved_views.view(view).cases(viewer).count(),
    }
