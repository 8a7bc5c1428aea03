"""Who looks: the person or service that a request speaks for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

# The groups whose members see what awaits judgement or failed it. Being a superuser is not enough.
REVIEWER_ROLES = frozenset({"moderator", "senior", "appeals", "lead"})
FACE_REVIEWER = "face reviewer"  # sees images that are ready, where their faces were measured with consent


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the link that a guest came by opens: one image, or the images of one album."""

    owner: str
    expires_at: int  # seconds since 1970
    image_id: str | None = None
    album_id: str | None = None
    may_download: bool = False

    def opens(self, owner: str, image_id: str, albums: Collection[str]) -> bool:
        return self.owner == owner and (self.image_id == image_id or self.album_id in albums)


@dataclass(frozen=True, slots=True)
class Reader:
    """`id` is what records name as their owner; `roles` are groups, from the session, the token or the API key.

    A guest has neither, but an invitation.
    """

    id: str
    roles: frozenset[str] = frozenset()
    invitation: Invitation | None = None

    @property
    def is_reviewer(self) -> bool:
        return not self.roles.isdisjoint(REVIEWER_ROLES)

    @property
    def is_face_reviewer(self) -> bool:
        return FACE_REVIEWER in self.roles

    def owns(self, owner: str) -> bool:
        return bool(self.id) and self.id == owner


ANONYMOUS = Reader(id="")


def reader_of_account(account: AbstractUser) -> Reader:
    """The reader behind a browser's session; it asks SQL for the groups, so ask for it once in a request."""
    return Reader(account.pk, frozenset(account.groups.values_list("name", flat=True)))
