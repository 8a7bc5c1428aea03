"""What the review page asks in the background. One request a decision: it also brings the next cases."""

from __future__ import annotations

from typing import Any

from media_pipeline.errors import InvalidRequestError
from media_pipeline.review.verdicts import Outcome
from moderation.access import call
from moderation.console import panel
from moderation.console.said import ids, number, text
from moderation.models import ContentPolicy, ReviewCase
from moderation.models.cases import SLA_MINUTES
from moderation.roles import Moderator
from moderation.services.cases import bundles, decisions, exposures, leases, saved_views

AHEAD = 6  # the case at hand and the next five
MAX_BATCH = 64


@call
def more(viewer: Moderator, said: dict[str, Any]) -> dict[str, Any]:
    """Cases to go on with."""
    return _more(viewer, said)


@call
def decide(viewer: Moderator, said: dict[str, Any]) -> dict[str, Any]:
    """One act on a case and the duplicates that go with it."""
    if said.get("looked"):
        exposures.looked(viewer, number(said, "looked"))
    results = _act(viewer, said)
    return {
        "problems": {result.image_id: result.problem for result in results if result.problem},
        **_more(viewer, said),
    }


@call
def undo(viewer: Moderator, said: dict[str, Any]) -> dict[str, Any]:
    results = decisions.undo(viewer, ids(said), batch=text(said, "batch", MAX_BATCH))
    return {"problems": {result.image_id: result.problem for result in results if result.problem}}


@call
def keep(viewer: Moderator, said: dict[str, Any]) -> dict[str, Any]:
    """The heartbeat: which of the cases are still this person's, each with its clock."""
    cases = ReviewCase.objects.filter(pk__in=leases.renew(viewer, ids(said)))
    return {"kept": {case.pk: panel.clock(case.seconds_left, SLA_MINUTES[case.severity] * 60) for case in cases}}


@call
def release(viewer: Moderator, said: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - nothing to be said
    return {"released": leases.release(viewer)}


@call
def reveal(viewer: Moderator, said: dict[str, Any]) -> dict[str, Any]:
    return {"url": exposures.reveal(viewer, text(said, "case", 26))}


def _act(viewer: Moderator, said: dict[str, Any]) -> list[decisions.Result]:
    cases, batch, note = ids(said), text(said, "batch", MAX_BATCH), text(said, "note", decisions.MAX_TEXT_LENGTH)
    match said.get("act"):
        case "allow" | "restrict" | "remove" as outcome:
            return decisions.decide(
                viewer, cases, Outcome(outcome), policy_code=text(said, "policy", 40), reason=note, batch=batch
            )
        case "escalate":
            return decisions.escalate(viewer, cases, note, batch=batch)
        case "uphold" | "overturn" as answer:
            return decisions.answer_appeal(viewer, cases[0], overturn=answer == "overturn", reason=note, batch=batch)
        case "hold":
            return decisions.hold(viewer, cases[0])
        case "skip":
            decisions.skip(viewer, cases[0])
            return []
        case _:
            raise InvalidRequestError("There is no such act.", field="act")


def _more(viewer: Moderator, said: dict[str, Any]) -> dict[str, Any]:
    have = ids(said, "have")
    wanted = min(AHEAD, number(said, "want")) if "want" in said else AHEAD - len(have)
    view = text(said, "view", 20)
    cases = leases.claim(viewer, view, wanted, first=text(said, "first", 26), have=have) if wanted > 0 else []
    policies = {policy.number: policy for policy in ContentPolicy.objects.filter(is_active=True)} if cases else {}
    return {
        "cases": [panel.sent(bundle, policies) for bundle in bundles.bundles(viewer, cases)],
        "waiting": saved_views.view(view).cases(viewer).count(),
    }
