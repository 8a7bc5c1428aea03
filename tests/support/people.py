"""People to test permissions with: the owner of what is asked for, a stranger, a moderator, and nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cast:
    """Who may do what is asked of each of them."""

    owner: Any
    stranger: Any
    moderator: Any
    anonymous: Any


def signed_in(cast: Cast, client: type[Any]) -> Cast:
    """The same people, each in a client of their own."""

    def of(user: Any) -> Any:
        mine = client()
        if user.is_authenticated:
            mine.force_login(user)
        return mine

    return Cast(of(cast.owner), of(cast.stranger), of(cast.moderator), of(cast.anonymous))
