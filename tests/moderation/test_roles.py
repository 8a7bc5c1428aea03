"""Who may do what: groups decide, and being a superuser does not."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from media_pipeline.errors import NotAllowedError
from moderation.models import ContentPolicy, User
from moderation.roles import ROLES, May, join, moderator
from tests.support.moderators import People


def test_the_command_makes_all_eight_and_may_be_repeated(db: None) -> None:
    for _ in range(2):
        call_command("create_groups", stdout=StringIO())
    assert {name: group_permissions(name) for name in ROLES} == {
        name: {permission.value for permission in allowed} for name, allowed in ROLES.items()
    }
    assert ContentPolicy.objects.count() == 6


def group_permissions(name: str) -> set[str]:
    return set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))


def test_a_superuser_without_a_role_may_nothing(people: People) -> None:
    root = User.objects.create_superuser("root", "root@example.com", "x")
    assert moderator(root).permissions == frozenset()


def test_a_superuser_who_is_a_lead_still_sees_no_child_safety(people: People) -> None:
    root = User.objects.create_superuser("root", "root@example.com", "x")
    join(root, ["lead"])
    with pytest.raises(NotAllowedError):
        moderator(root).require(May.DECIDE_CHILD_SAFETY)
    moderator(root).require(May.EDIT_POLICY)


def test_a_right_that_was_taken_away_is_gone_at_the_next_look(people: People) -> None:
    user = people.user("moderator")
    assert moderator(user).may(May.DECIDE)
    user.groups.clear()
    assert not moderator(User.objects.get(pk=user.pk)).may(May.DECIDE)


def test_a_deactivated_account_may_nothing(people: People) -> None:
    user = people.user("moderator")
    user.is_active = False
    assert not moderator(user).may(May.DECIDE)
