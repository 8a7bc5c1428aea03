"""Figures of the dashboard, from cases, audit lines and exposures; child-safety cases are in none of these tables."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncHour
from django.utils import timezone

from media_pipeline.review import audit
from moderation.models import AuditLine, Exposure, ReviewCase
from moderation.roles import May, Moderator
from moderation.services.cases import saved_views

State = ReviewCase.State
BAD = [ReviewCase.Verdict.REMOVE, ReviewCase.Verdict.RESTRICT]
DAYS = 30


@dataclass(frozen=True, slots=True)
class Backlog:
    """Ages in minutes; `late` is the share of what waits that is over its time."""

    waiting: int
    oldest: int
    p50: int
    p90: int
    p90_of_sla: float
    late: float


def backlog() -> Backlog:
    now = timezone.now()
    ages: list[float] = []
    used: list[float] = []
    for flagged_at, due_at in saved_views.waiting().values_list("flagged_at", "due_at").iterator():
        age = (now - flagged_at).total_seconds() / 60
        ages.append(age)
        used.append(age / max(1, (due_at - flagged_at).total_seconds() / 60))
    ages.sort()
    used.sort()
    return Backlog(
        waiting=len(ages),
        oldest=round(ages[-1]) if ages else 0,
        p50=round(_percentile(ages, 0.5)),
        p90=round(_percentile(ages, 0.9)),
        p90_of_sla=_percentile(used, 0.9),
        late=sum(ratio > 1 for ratio in used) / len(used) if used else 0,
    )


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0


def flow() -> list[tuple[str, tuple[int, int]]]:
    """Flagged and decided in each of the last 24 hours."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    hours = [now - dt.timedelta(hours=back) for back in range(23, -1, -1)]
    came = _by_hour("flagged_at", hours[0])
    went = _by_hour("decided_at", hours[0])
    return [(f"{hour:%H}", (came.get(hour, 0), went.get(hour, 0))) for hour in hours]


def _by_hour(column: str, since: dt.datetime) -> dict[dt.datetime, int]:
    cases = ReviewCase.objects.filter(**{f"{column}__gte": since}).order_by()
    return dict(cases.annotate(hour=TruncHour(column)).values_list("hour").annotate(Count("pk")))


def precision_by_decile() -> list[tuple[str, tuple[float]]]:
    """Of the cases that people decided, how many were unwanted, by the confidence of the top label."""
    decided: Counter[int] = Counter()
    unwanted: Counter[int] = Counter()
    for confidence, verdict in _by_people().exclude(confidence=None).values_list("confidence", "verdict"):
        decile = min(9, int((confidence or 0) // 10))
        decided[decile] += 1
        unwanted[decile] += verdict in BAD
    return [
        (f"{decile * 10}–{decile * 10 + 10}", (round(100 * unwanted[decile] / decided[decile], 1),))
        for decile in range(3, 10)
        if decided[decile]
    ]


def _by_people() -> QuerySet[ReviewCase]:
    since = timezone.now() - dt.timedelta(days=DAYS)
    return ReviewCase.objects.filter(decided_at__gte=since).exclude(verdict="").exclude(decided_by=audit.PIPELINE)


def labels() -> list[tuple[str, int, int, float | None]]:
    """[label, cases, decided, precision] of the last 30 days, the most frequent first."""
    since = timezone.now() - dt.timedelta(days=DAYS)
    rows = (
        ReviewCase.objects.filter(flagged_at__gte=since)
        .exclude(label="")
        .values_list("label")
        .annotate(
            cases=Count("pk"),
            judged=Count("pk", filter=~Q(verdict="")),
            bad=Count("pk", filter=Q(verdict__in=BAD)),
        )
        .order_by("-cases")[:15]
    )
    return [(label, cases, judged, bad / judged if judged else None) for label, cases, judged, bad in rows]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Between the first and the second of two reviewers; `kappa` is Cohen's, chance taken out."""

    pairs: int
    agreed: int
    kappa: float | None


def agreement() -> Agreement:
    since = timezone.now() - dt.timedelta(days=DAYS)
    firsts: dict[str, str] = {}
    pairs: list[tuple[str, str]] = []
    lines = AuditLine.objects.filter(what="decided", at__gte=since).order_by("image_id", "position")
    for image_id, details in lines.values_list("image_id", "details"):
        if details.get("awaits_second"):
            firsts[image_id] = details["outcome"]
        elif image_id in firsts:
            pairs.append((firsts.pop(image_id), details["outcome"]))
    agreed = sum(first == second for first, second in pairs)
    return Agreement(len(pairs), agreed, _kappa(pairs, agreed))


def _kappa(pairs: list[tuple[str, str]], agreed: int) -> float | None:
    if not pairs:
        return None
    total = len(pairs)
    first, second = Counter(pair[0] for pair in pairs), Counter(pair[1] for pair in pairs)
    by_chance = sum(first[outcome] * second[outcome] for outcome in first) / total**2
    return 1.0 if by_chance == 1 else (agreed / total - by_chance) / (1 - by_chance)


def overturn_rate() -> float | None:
    """Of the appeals that were answered."""
    since = timezone.now() - dt.timedelta(days=DAYS)
    answered = Counter(
        AuditLine.objects.filter(what__in=["upheld", "overturned"], at__gte=since).values_list("what", flat=True)
    )
    total = sum(answered.values())
    return answered["overturned"] / total if total else None


def exposures(viewer: Moderator) -> list[tuple[str, int, int]]:
    """[name, reveals, seconds] of the last 30 days: one's own, and for leads everybody's."""
    since = timezone.now().date() - dt.timedelta(days=DAYS)
    seen = Exposure.objects.filter(day__gte=since)
    if not viewer.may(May.VIEW_MODERATOR_METRICS):
        seen = seen.filter(moderator=viewer.id)
    rows = seen.values_list("moderator__username").annotate(n=Sum("reveals"), ms=Sum("milliseconds")).order_by("-n")
    return [(name, reveals, round(milliseconds / 1000)) for name, reveals, milliseconds in rows]
