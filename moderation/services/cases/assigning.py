"""Whose work a case is. Only a wish: the lease says who is at it."""

from __future__ import annotations

from django.db.models import QuerySet

from moderation.models import ReviewCase
from moderation.roles import May, Moderator
from moderation.services.cases import saved_views


def take(viewer: Moderator, cases: QuerySet[ReviewCase]) -> int:
    """Assign to oneself what nobody has; a lead takes what others have, too."""
    viewer.require(*saved_views.WHO_DECIDES.values())
    ids = _ids(cases.filter(state__in=ReviewCase.WAITING))
    free = ReviewCase.objects.filter(pk__in=ids)
    if not viewer.may(May.ASSIGN):
        free = free.filter(assignee=None)
    return free.filter(saved_views.decidable(viewer)).update(assignee=viewer.id)


def give_back(viewer: Moderator, cases: QuerySet[ReviewCase]) -> int:
    """Assign to nobody: one's own, and a lead anybody's."""
    viewer.require(*saved_views.WHO_DECIDES.values())
    assigned = ReviewCase.objects.filter(pk__in=_ids(cases)).exclude(assignee=None)
    if not viewer.may(May.ASSIGN):
        assigned = assigned.filter(assignee=viewer.id)
    return assigned.update(assignee=None)


def _ids(cases: QuerySet[ReviewCase]) -> list[str]:
    """As a list: the admin's queryset carries annotations that an UPDATE cannot."""
    return list(cases.values_list("pk", flat=True))
