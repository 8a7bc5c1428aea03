"""What the review page asks in the background. One request a decision: it also brings the next cases."""

from __future__ import annotations

from typing import Any

from media_pipeline.review.verdicts import Outcome
from moderation.access import Fields, call
from moderation.console import inputs, panel
from moderation.models import ContentPolicy, ReviewCase
from moderation.models.cases import SLA_MINUTES
from moderation.roles import Moderator
from moderation.services.cases import bundles, decisions, exposures, leases, saved_views

AHEAD = 6  # the case at hand and the next five


@call(inputs.MoreCases)
def more(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """Cases to go on with."""
    return _more(viewer, fields)


@call(inputs.Decision)
def decide(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """One act on a case and the duplicates that go with it."""
    if fields["looked"]:
        exposures.looked(viewer, fields["looked"])
    results = _act(viewer, fields)
    return {
        "problems": {result.image_id: result.problem for result in results if result.problem},
        **_more(viewer, fields),
    }


@call(inputs.Undo)
def undo(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    results = decisions.undo(viewer, fields["cases"], batch=fields["batch"])
    return {"problems": {result.image_id: result.problem for result in results if result.problem}}


@call(inputs.Cases)
def keep(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    """The heartbeat: which of the cases are still this person's, each with its clock."""
    cases = ReviewCase.objects.filter(pk__in=leases.renew(viewer, fields["cases"]))
    return {"kept": {case.pk: panel.clock(case.seconds_left, SLA_MINUTES[case.severity] * 60) for case in cases}}


@call(inputs.Nothing)
def release(viewer: Moderator, fields: Fields) -> dict[str, Any]:  # noqa: ARG001 - there are none
    return {"released": leases.release(viewer)}


@call(inputs.Case)
def reveal(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    return {"url": exposures.reveal(viewer, fields["case"])}


def _act(viewer: Moderator, fields: Fields) -> list[decisions.Result]:
    cases, batch, note = fields["cases"], fields["batch"], fields["note"]
    match fields["act"]:
        case "allow" | "restrict" | "remove" as outcome:
            return decisions.decide(
                viewer, cases, Outcome(outcome), policy_code=fields["policy"], reason=note, batch=batch
            )
        case "escalate":
            return decisions.escalate(viewer, cases, note, batch=batch)
        case "uphold" | "overturn" as answer:
            return decisions.answer_appeal(viewer, cases[0], overturn=answer == "overturn", reason=note, batch=batch)
        case "hold":
            return decisions.hold(viewer, cases[0])
        case _:
            decisions.skip(viewer, cases[0])
            return []


def _more(viewer: Moderator, fields: Fields) -> dict[str, Any]:
    have, view = fields["have"], fields["view"]
    wanted = min(AHEAD, fields["want"]) if "want" in fields else AHEAD - len(have)
    cases = leases.claim(viewer, view, wanted, first=fields["first"], have=have) if wanted > 0 else []
    policies = {policy.number: policy for policy in ContentPolicy.objects.filter(is_active=True)} if cases else {}
    return {
        "cases": [panel.sent(bundle, policies) for bundle in bundles.bundles(viewer, cases)],
        "waiting": saved_views.view(view).cases(viewer).count(),
    }
