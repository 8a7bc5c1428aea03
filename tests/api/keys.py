"""Services with keys of every kind, for the cast."""

from __future__ import annotations

from collections.abc import Collection

from rest_framework.test import APIClient

from media_pipeline.access import api_keys
from media_pipeline.access.api_keys import ApiKey, Scope

ALL = tuple(Scope)


def made(owner: str, scopes: Collection[Scope] = ALL) -> tuple[ApiKey, APIClient]:
    """A key for this account, and the service that sends it."""
    key, text = api_keys.make(owner=owner, name="Test", scopes=scopes, days=1, made_by="lead")
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=text)
    return key, client


def service(owner: str, scopes: Collection[Scope] = ALL) -> APIClient:
    return made(owner, scopes)[1]


def expired(owner: str) -> APIClient:
    key, client = made(owner)
    key.update([ApiKey.expires_at.set(int(key.made_at))])
    return client


def revoked(owner: str) -> APIClient:
    key, client = made(owner)
    api_keys.revoke(key.key_id)
    return client
