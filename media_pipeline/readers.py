"""Who looks: the person or service that a request speaks for, known without a database."""

from __future__ import annotations

from dataclasses import dataclass

# The groups whose members see what awaits judgement or failed it. Being a superuser is not enough.
REVIEWER_ROLES = frozenset({"moderator", "senior", "appeals", "lead"})


@dataclass(frozen=True, slots=True)
class Reader:
    """`id` is what records name as their owner; `roles` are groups, from the session, the token or the API key."""

    id: str
    roles: frozenset[str] = frozenset()

    @property
    def is_reviewer(self) -> bool:
        return not self.roles.isdisjoint(REVIEWER_ROLES)

    def owns(self, owner: str) -> bool:
        return bool(self.id) and self.id == owner


ANONYMOUS = Reader(id="")
