"""People with every role, and their sessions in a browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moderation.models import User
from moderation.roles import Moderator, join, moderator
from tests.support.waiting import HANGS


@dataclass(frozen=True)
class People:
    """One of each role, made when first asked for: `people("senior")`."""

    made: dict[str, Moderator] = field(default_factory=dict)

    def user(self, *roles: str, name: str = "") -> User:
        username = name or "-".join(roles).replace(" ", "-")
        user, created = User.objects.get_or_create(
            username=username, defaults={"email": f"{username}@example.com", "is_staff": True}
        )
        if created:
            join(user, roles)
        return user

    def __call__(self, *roles: str, name: str = "") -> Moderator:
        return moderator(self.user(*roles, name=name))


def sign_in(context: Any, url: str, user: User) -> Any:
    """A page of the browser's, with the person's session; where, is `page.site`."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.set_default_timeout(1000 * HANGS)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    page = context.pages[0] if context.pages else context.new_page()
    page.site = url
    return page
