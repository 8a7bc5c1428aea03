"""Who is at which case: taken for two minutes, kept by a heartbeat, free again by itself when a browser dies.

Times are the database's own, so that two machines whose clocks differ do not take a case from each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from moderation.models import ReviewCase
from moderation.roles import May, Moderator
from moderation.services.cases import saved_views

LEASE = dt.timedelta(seconds=120)
FREE = Q(leased_until=None) | Q(leased_until__lt=Now())


def claim(viewer: Moderator, view: str, count: int, *, first: str = "", have: Sequence[str] = ()) -> list[ReviewCase]:
    """Up to `count` cases for this person besides those they `have`, the most urgent first; `first` names one to begin
    with. What they held before and neither have nor decided (a page that was reloaded) comes again.

    Near duplicates come along: one of each group is returned, and the others are taken with it.
    """
    viewer.require(*saved_views.WHO_DECIDES.values())
    chosen = saved_views.view(view)
    candidates = (
        chosen.cases(viewer)
        .filter(FREE | Q(leased_by=viewer.id), saved_views.decidable(viewer))
        .exclude(group__in=ReviewCase.objects.filter(pk__in=have).values("group"))
        .filter(Q(assignee=None) | Q(assignee=viewer.id))
        .exclude(skipped_by__contains=f"|{viewer.id}|")
        .order_by("due_at", "image_id")
    )
    with transaction.atomic():
        taken: list[ReviewCase] = []
        if first:
            named = saved_views.waiting().filter(FREE | Q(leased_by=viewer.id), saved_views.decidable(viewer), pk=first)
            taken += _locked(named)[:1]
        if len(taken) < count:
            taken += _one_a_group(_locked(candidates.exclude(pk=first)[: count * 4]), taken)[: count - len(taken)]
        _lease(viewer, Q(pk__in=[case.pk for case in taken]) | Q(group__in=[case.group for case in taken]))
    return taken


def _locked(cases: QuerySet[ReviewCase]) -> list[ReviewCase]:
    """On PostgreSQL rows that another claim is at are passed over; SQLite has one writer at a time anyway."""
    return list(cases.select_for_update(skip_locked=True))


def _one_a_group(cases: list[ReviewCase], taken: list[ReviewCase]) -> list[ReviewCase]:
    first_of_group: dict[str, ReviewCase] = {}
    for case in cases:
        first_of_group.setdefault(case.group, case)
    return [case for group, case in first_of_group.items() if group not in {other.group for other in taken}]


def _lease(viewer: Moderator, which: Q) -> None:
    mine_or_free = FREE | Q(leased_by=viewer.id)
    saved_views.waiting().filter(which, mine_or_free, saved_views.decidable(viewer)).update(
        leased_by=viewer.id, leased_until=Now() + LEASE
    )


def reclaim(viewer: Moderator, image_ids: list[str]) -> None:
    """Lease cases that an undo has opened again."""
    _lease(viewer, Q(pk__in=image_ids))


def held(viewer: Moderator) -> QuerySet[ReviewCase]:
    return ReviewCase.objects.filter(leased_by=viewer.id, leased_until__gte=Now())


def renew(viewer: Moderator, image_ids: list[str]) -> list[str]:
    """Prolong the leases that this person still holds on these images and their duplicates; which of them those are."""
    viewer.require(May.VIEW_CASE)
    mine = held(viewer)
    kept = list(mine.filter(pk__in=image_ids).values_list("pk", flat=True))
    groups = list(mine.filter(pk__in=kept).values_list("group", flat=True))
    mine.filter(Q(pk__in=kept) | Q(group__in=groups)).update(leased_until=Now() + LEASE)
    return kept


def release(viewer: Moderator) -> int:
    """Give back everything, as on leaving the page."""
    return ReviewCase.objects.filter(leased_by=viewer.id).update(leased_by=None, leased_until=None)
