"""Deciding: permission, then rule, then the record in one conditional write with its audit entry, then the case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from media_pipeline.errors import ConflictError, DarkroomError, InvalidRequestError, NotFoundError
from media_pipeline.record.models import IMAGE_ID, Image, ReviewState
from media_pipeline.review import acts, audit, policy, verdicts
from media_pipeline.review.verdicts import Outcome, Step, Verdict
from moderation.models import ContentPolicy, ReviewCase, User
from moderation.models.cases import marked
from moderation.roles import May, Moderator
from moderation.services.cases import leases, projection, severity

MAX_GROUP = 200
SKIPS_TO_ESCALATE = 3
MAX_TEXT_LENGTH = 2000
WHO = {
    None: May.DECIDE,
    Step.FIRST: May.DECIDE,
    Step.SECOND: May.DECIDE_SECOND,
    Step.ESCALATED: May.REVIEW_ESCALATION,
    Step.APPEALED: May.DECIDE_APPEAL,
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case; `problem` is "" when it went well, else a sentence for the moderator."""

    image_id: str
    problem: str = ""


def decide(
    viewer: Moderator,
    image_ids: Sequence[str],
    outcome: Outcome,
    *,
    policy_code: str = "",
    reason: str = "",
    batch: str,
) -> list[Result]:
    """Decide each of them in the same way; what fails for one does not keep the others."""
    viewer.require(*WHO.values())
    verdict = _verdict(outcome, policy_code, reason, batch)

    def one(record: Image) -> Image:
        step = _allowed_step(viewer, record)
        if step is Step.APPEALED:
            raise ConflictError("This case is an appeal now: uphold or overturn the decision.")
        twice = severity.weigh(record).severity >= severity.SEVERE or policy.current().reviews_twice(record.image_id)
        return acts.decide(record, verdict, by=viewer.id, second=twice)

    return _each(viewer, image_ids, one)


def escalate(viewer: Moderator, image_ids: Sequence[str], note: str, *, batch: str) -> list[Result]:
    viewer.require(May.DECIDE)
    if not note.strip():
        raise InvalidRequestError("Say what a senior should look at.", field="note")
    return _each(
        viewer, image_ids, lambda record: acts.escalate(record, note[:MAX_TEXT_LENGTH], by=viewer.id, batch=batch)
    )


def answer_appeal(viewer: Moderator, image_id: str, *, overturn: bool, reason: str, batch: str) -> list[Result]:
    viewer.require(May.DECIDE_APPEAL)
    if not reason.strip():
        raise InvalidRequestError("Say why; the owner is told.", field="reason")

    def one(record: Image) -> Image:
        return acts.answer_appeal(record, overturn=overturn, reason=reason[:MAX_TEXT_LENGTH], by=viewer.id, batch=batch)

    return _each(viewer, [image_id], one)


def undo(viewer: Moderator, image_ids: Sequence[str], *, batch: str) -> list[Result]:
    """Take back one's own last act on each; the cases are this person's again."""
    viewer.require(*WHO.values())
    results = _each(viewer, image_ids, lambda record: acts.undo(record, batch=batch, by=viewer.id), leased=False)
    leases.reclaim(viewer, [result.image_id for result in results if not result.problem])
    return results


def reopen(viewer: Moderator, image_ids: Sequence[str], reason: str) -> list[Result]:
    viewer.require(May.REVIEW_ESCALATION)
    if not reason.strip():
        raise InvalidRequestError("Say why it is opened again.", field="reason")
    return _each(viewer, image_ids, lambda record: acts.reopen(record, reason=reason[:MAX_TEXT_LENGTH], by=viewer.id))


def hold(viewer: Moderator, image_id: str) -> list[Result]:
    """Child safety: whoever sees it first locks it, whoever is at it; from then on only that role handles it."""
    viewer.require(*WHO.values(), May.DECIDE_CHILD_SAFETY)
    because = "a moderator saw it"
    return _each(viewer, [image_id], lambda record: acts.hold(record, because=because, by=viewer.id), leased=False)


def skip(viewer: Moderator, image_id: str) -> None:
    """Leave it to somebody else. What three people leave goes to a senior."""
    viewer.require(*WHO.values())
    case = ReviewCase.objects.filter(pk=image_id).first()
    if case is None:
        return
    people = {*case.skipped_by.strip("|").split("|"), viewer.id} - {""}
    mine = ReviewCase.objects.filter(pk=image_id)
    mine.update(skipped_by=marked(sorted(people)))
    mine.filter(leased_by=viewer.id).update(leased_by=None, leased_until=None)
    record = Image.load(image_id)
    if len(people) >= SKIPS_TO_ESCALATE and record and verdicts.review_of(record).step is Step.FIRST:
        projection.project(acts.escalate(record, "Three people left it to somebody else.", by=audit.PIPELINE))


def _verdict(outcome: Outcome, policy_code: str, reason: str, batch: str) -> Verdict:
    if outcome is Outcome.ALLOW:
        return Verdict(outcome, batch=batch)
    chosen = ContentPolicy.objects.filter(code=policy_code, is_active=True).first()
    if chosen is None:
        raise InvalidRequestError("Choose the policy that it is against.", field="policy")
    return Verdict(outcome, chosen.code, chosen.version, (reason.strip() or chosen.text)[:MAX_TEXT_LENGTH], batch)


def _allowed_step(viewer: Moderator, record: Image) -> Step | None:
    step = verdicts.review_of(record).step
    viewer.require(WHO[step])
    return step


def _each(
    viewer: Moderator, image_ids: Sequence[str], act: Callable[[Image], Image], *, leased: bool = True
) -> list[Result]:
    if len(image_ids) > MAX_GROUP:
        raise InvalidRequestError(f"At most {MAX_GROUP} cases at once.", field="cases")
    if not all(map(IMAGE_ID.fullmatch, image_ids)):
        raise NotFoundError("There is no such case.")
    records = {record.image_id: record for record in Image.load_many(list(dict.fromkeys(image_ids)))}
    others = _leased_by_others(viewer, image_ids) if leased else {}
    return [
        _one(records.get(image_id), image_id, act, others.get(image_id, "")) for image_id in dict.fromkeys(image_ids)
    ]


def _one(record: Image | None, image_id: str, act: Callable[[Image], Image], leased_by: str) -> Result:
    if record is None:
        projection.mark_gone(image_id)
    if record is None or record.deleted_at or verdicts.review_of(record).state in {None, ReviewState.CHILD_SAFETY}:
        return Result(image_id, "Its image is not there any more.")
    if leased_by:
        return Result(image_id, f"{leased_by} is at this case now.")
    try:
        projection.project(act(record))
    except acts.AlreadyDecidedError as error:
        projection.project(Image.load(image_id) or record)
        return Result(image_id, f"Decided by {name_of(error.by)} meanwhile.")
    except DarkroomError as error:
        return Result(image_id, str(error))
    return Result(image_id)


def _leased_by_others(viewer: Moderator, image_ids: Sequence[str]) -> dict[str, str]:
    taken = ReviewCase.objects.filter(pk__in=image_ids, leased_until__gte=timezone.now()).exclude(leased_by=viewer.id)
    return dict(taken.values_list("pk", "leased_by__username"))


def name_of(person: str) -> str:
    """For colleagues; owners are never told who decided."""
    found = User.objects.filter(pk=person).values_list("username", flat=True).first()
    return found or ("the pipeline" if person == audit.PIPELINE else "somebody who has left")
