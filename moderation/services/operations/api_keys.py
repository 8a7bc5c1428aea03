"""Keys for services: made and revoked by leads, each time with a line in the admin's log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType

from media_pipeline.access import api_keys
from media_pipeline.access.api_keys import ApiKey, Scope
from media_pipeline.errors import InvalidRequestError
from moderation.models import User
from moderation.roles import May, Moderator


@dataclass(frozen=True, slots=True)
class Listed:
    """A key as the page shows it; `owner` and `made_by` are names, or ids of accounts that are gone."""

    key_id: str
    name: str
    owner: str
    scopes: list[str]
    made_by: str
    made_at: dt.datetime
    expires_at: dt.datetime
    last_used: str
    state: str


def listed(viewer: Moderator) -> list[Listed]:
    viewer.require(May.OPERATE)
    keys = api_keys.all_keys()
    ids = {key.owner for key in keys} | {key.made_by for key in keys}
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "username"))
    return [_listed(key, names) for key in keys]


def make(viewer: Moderator, *, username: str, name: str, scopes: Collection[Scope], days: int) -> str:
    """The text of a new key that acts for this account. It is shown now or never."""
    viewer.require(May.OPERATE)
    account = User.objects.filter(username=username, is_active=True).first()
    if account is None:
        raise InvalidRequestError("There is no open account of this name.", field="username")
    key, text = api_keys.make(owner=account.pk, name=name, scopes=scopes, days=days, made_by=viewer.id)
    may = ", ".join(sorted(key.scopes))
    _log(viewer.id, key, ADDITION, f"API key made for {username}: {may}, {days} days")
    return text


def revoke(viewer: Moderator, key_id: str) -> ApiKey:
    """Refused from the next call on."""
    viewer.require(May.OPERATE)
    key = api_keys.revoke(key_id)
    _log(viewer.id, key, DELETION, "API key revoked")
    return key


def revoke_all_of(actor_id: str, account: User) -> None:
    """An account that is closed leaves no key that still opens its library."""
    for key in api_keys.revoke_all_of(account.pk):
        _log(actor_id, key, DELETION, f"API key revoked: {account.username} was closed")


def _listed(key: ApiKey, names: dict[str, str]) -> Listed:
    state = "revoked" if key.is_revoked else "expired" if key.is_expired else "in use" if key.last_used else "unused"
    return Listed(
        key_id=key.key_id,
        name=key.name,
        owner=names.get(key.owner, key.owner),
        scopes=sorted(key.scopes),
        made_by=names.get(key.made_by, key.made_by),
        made_at=_time(key.made_at),
        expires_at=_time(key.expires_at),
        last_used=key.last_used or "",
        state=state,
    )


def _time(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _log(actor_id: str, key: ApiKey, flag: int, what: str) -> None:
    LogEntry.objects.create(
        user_id=actor_id,
        content_type=ContentType.objects.get_for_model(User),
        object_id=key.key_id,
        object_repr=key.name,
        action_flag=flag,
        change_message=what,
    )
