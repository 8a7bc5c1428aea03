"""Who looks: the person or service that a request speaks for, known without a database."""

from __future__ import annotations

from dataclasses import dataclass

REVIEWERS = "reviewers"  # everybody who may see what awaits or failed judgement


@dataclass(frozen=True, slots=True)
class Reader:
    """`id` is what records name as their owner; `roles` come from the session, the token's claims or the API key."""

    id: str
    roles: frozenset[str] = frozenset()

    @property
    def is_reviewer(self) -> bool:
        return REVIEWERS in self.roles

    def owns(self, owner: str) -> bool:
        return bool(self.id) and self.id == owner


ANONYMOUS = Reader(id="")
