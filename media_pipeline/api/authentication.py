"""Who calls: an app with a token, which needs no SQL, or a browser with its session."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import AbstractUser
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed as UnusableTokenError
from rest_framework_simplejwt.tokens import AccessToken

from media_pipeline.readers import Reader, reader_of_account

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


def reader_of(request: Request) -> Reader:
    """The reader that an authenticated request speaks for."""
    if isinstance(request.auth, AccessToken):
        return Reader(request.auth["user_id"], frozenset(request.auth.get(ROLES, ())))
    return reader_of_account(cast("AbstractUser", request.user))
