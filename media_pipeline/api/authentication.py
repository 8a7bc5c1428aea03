"""Who calls: an app with a token or a service with a key, which need no SQL, or a browser with its session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import AbstractUser
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed as UnusableTokenError
from rest_framework_simplejwt.tokens import AccessToken

from media_pipeline.access import api_keys
from media_pipeline.access.api_keys import ApiKey, Scope
from media_pipeline.access.readers import Reader, reader_of_account

ROLES = "roles"  # the claim with the names of the groups that the account was in when the token was made


class TokenAuthentication(JWTStatelessUserAuthentication):
    """`Authorization: Bearer`. The signed claims say it all; a token lives ten minutes because nobody is asked."""

    def authenticate(self, request: Request) -> Any:
        try:
            return super().authenticate(request)
        except UnusableTokenError as error:
            raise AuthenticationFailed(
                "The access token is not valid or has expired. Get a new one at auth/token/refresh."
            ) from error


@dataclass(frozen=True, slots=True)
class Service:
    """Stands where Django expects a user: the account that a key acts for, of which no row is read."""

    pk: str
    is_authenticated: bool = True
    is_active: bool = True


class KeyAuthentication(BaseAuthentication):
    """`X-API-Key`. One consistent read, so that a key is refused as soon as it is revoked."""

    def authenticate(self, request: Request) -> tuple[Service, ApiKey] | None:
        text = request.headers.get("X-API-Key")
        if text is None:
            return None
        key = api_keys.identify(text)
        if key is None:
            raise AuthenticationFailed("This API key does not exist. Send it as it was shown when it was made.")
        if not key.is_usable:
            ended = "was revoked" if key.is_revoked else "has expired"
            raise AuthenticationFailed(f"This API key {ended}. Ask a lead for a new one.")
        api_keys.note_use(key)
        return Service(key.owner), key


class InsufficientScope(PermissionDenied):
    default_code = "insufficient_scope"


class WithinScope(BasePermission):
    """What a key may do is written in it; accounts may do everything that is theirs to do.

    A view that `only_reads` answers POST because what it is asked has no room in an address.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, ApiKey):
            only_reads = request.method in SAFE_METHODS or getattr(view, "only_reads", False)
            needed = Scope.READ if only_reads else Scope.WRITE
            if needed not in request.auth.scopes:
                raise InsufficientScope(f"This API key lacks the scope {needed}. Use one that was made with it.")
        return True


class InPerson(BasePermission):
    """For what nobody decides for another: leads make keys for any account."""

    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002
        if isinstance(request.auth, ApiKey) and request.method not in SAFE_METHODS:
            raise InsufficientScope("No API key may do this. Sign in yourself.")
        return True


def reader_of(request: Request) -> Reader:
    """The reader that an authenticated request speaks for. A key has no roles, whoever made it."""
    if isinstance(request.auth, ApiKey):
        return Reader(request.auth.owner)
    if isinstance(request.auth, AccessToken):
        return Reader(request.auth["user_id"], frozenset(request.auth.get(ROLES, ())))
    return reader_of_account(cast("AbstractUser", request.user))


def caller_of(request: Request) -> str:
    """Whose limits an authenticated request counts for."""
    if isinstance(request.auth, ApiKey):
        return f"key|{request.auth.key_id}"
    kind = "app" if isinstance(request.auth, AccessToken) else "browser"
    return f"{kind}|{request.user.pk}"
