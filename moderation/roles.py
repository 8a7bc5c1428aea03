"""The eight roles, as Django groups, and what each may do. Being a superuser gives none of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, Permission

from media_pipeline.access.readers import Reader
from media_pipeline.errors import NotAllowedError

if TYPE_CHECKING:
    from moderation.models import User


class May(StrEnum):
    """Permissions of the app `moderation`, by codename."""

    VIEW_CASE = "view_reviewcase"
    DECIDE = "decide_case"
    DECIDE_SECOND = "decide_second"
    REVIEW_ESCALATION = "review_escalation"
    DECIDE_APPEAL = "decide_appeal"
    DECIDE_CHILD_SAFETY = "decide_childsafety"
    ASSIGN = "assign_case"
    VIEW_METRICS = "view_metrics"
    VIEW_MODERATOR_METRICS = "view_moderator_metrics"
    OPERATE = "operate"
    VIEW_AUDIT = "view_auditline"
    EXPORT_AUDIT = "export_audit"
    VIEW_POLICY = "view_contentpolicy"
    EDIT_POLICY = "change_contentpolicy"
    VIEW_THRESHOLDS = "view_thresholds"
    EDIT_THRESHOLDS = "change_thresholds"
    VIEW_STATEMENT = "view_statement"
    TAG_FACE = "tag_face"
    ERASE_BIOMETRICS = "erase_biometrics"


APP = "moderation"
VIEWER = {May.VIEW_CASE, May.VIEW_METRICS, May.VIEW_POLICY, May.VIEW_THRESHOLDS}
MODERATOR = {*VIEWER, May.DECIDE}
SENIOR = {*MODERATOR, May.DECIDE_SECOND, May.REVIEW_ESCALATION, May.VIEW_STATEMENT}
ROLES: dict[str, set[May]] = {
    "viewer": VIEWER,
    "moderator": MODERATOR,
    "face reviewer": {May.TAG_FACE},
    "senior": SENIOR,
    "appeals": {*VIEWER, May.DECIDE_APPEAL, May.VIEW_STATEMENT},
    "child-safety": {May.DECIDE_CHILD_SAFETY},
    "lead": {
        *SENIOR,
        May.ASSIGN,
        May.EDIT_POLICY,
        May.EDIT_THRESHOLDS,
        May.VIEW_AUDIT,
        May.EXPORT_AUDIT,
        May.VIEW_MODERATOR_METRICS,
        May.OPERATE,
    },
    "privacy officer": {May.ERASE_BIOMETRICS, May.VIEW_AUDIT},
}


@dataclass(frozen=True, slots=True)
class Moderator:
    """Somebody at work, with what they may do at this moment."""

    id: str
    name: str
    roles: frozenset[str]
    permissions: frozenset[str]

    @property
    def reader(self) -> Reader:
        return Reader(self.id, self.roles)

    def may(self, permission: May) -> bool:
        return permission in self.permissions

    def require(self, *permissions: May) -> None:
        """NotAllowedError unless they have one of these."""
        if not any(map(self.may, permissions)):
            raise NotAllowedError("Your roles do not include this. Ask a lead if they should.")


def moderator(user: User) -> Moderator:
    """What `user` may do, through groups only; two SQL statements, so ask once a request."""
    roles = frozenset(user.groups.values_list("name", flat=True))
    return Moderator(user.pk, user.get_username(), roles, frozenset(_permissions(user)))


def _permissions(user: User) -> Iterable[str]:
    if not (user.is_active and user.is_staff):
        return ()
    if user.is_superuser:  # Django would answer that they have all there are
        held = Permission.objects.filter(group__user=user, content_type__app_label=APP)
        return held.values_list("codename", flat=True)
    names = user.get_group_permissions()  # which Django keeps on the user for its own checks
    return (name.removeprefix(f"{APP}.") for name in names if name.startswith(f"{APP}."))


def create_groups() -> None:
    """Make every role, with exactly its permissions of this app; others that were added by hand stay."""
    ours = {permission.codename: permission for permission in Permission.objects.filter(content_type__app_label=APP)}
    for name, allowed in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        others = group.permissions.exclude(content_type__app_label=APP)
        group.permissions.set([*others, *(ours[codename] for codename in allowed)])


def join(user: User, roles: Iterable[str]) -> None:
    user.groups.add(*Group.objects.filter(name__in=roles))
