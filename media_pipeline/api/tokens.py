"""Tokens for apps: a short-lived one that is believed without SQL, and a long-lived one to get the next.

Groups are read from SQL each time an access token is made, so that a role that was taken away is gone within its ten
minutes. The refresh token is bound to the password, as Django's sessions are: changing it ends them all. And it is good
for one use, so that one that leaked is found out when its owner or the thief comes second (access/refresh_tokens.py).
"""

from __future__ import annotations

from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import AbstractUser
from django.utils.crypto import constant_time_compare
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from media_pipeline.access.refresh_tokens import rotate
from media_pipeline.api.authentication import ROLES
from media_pipeline.api.openapi.description import extend_schema
from media_pipeline.api.requests import Input, Text, validated
from media_pipeline.api.throttling import AddressThrottle

PASSWORD = "password_hash"  # noqa: S105 - the claim's name; its value is an HMAC of the stored hash
FAMILY = "family"  # the claim with the id of the first of the tokens that followed each other


class Credentials(Input):
    username = Text(max_length=150)
    password = Text(max_length=4096, trim_whitespace=False, style={"input_type": "password"})


class Refresh(Input):
    refresh = Text(max_length=4096)


class Tokens(serializers.Serializer[object]):
    access = serializers.CharField(help_text="Good for 10 minutes.")
    refresh = serializers.CharField(help_text="Good for one use within 14 days.")


class TokenEndpoint(APIView):
    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [AddressThrottle]

    def get_authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF answers 403 without one
        return "Bearer"


class TokenView(TokenEndpoint):
    @extend_schema(operation_id="get_tokens", tags=["auth"], request=Credentials, responses=Tokens)
    def post(self, request: Request) -> Response:
        """Exchange a name and a password for an access token (10 minutes) and a refresh token (14 days)."""
        account = authenticate(request, **validated(Credentials, request.data))
        if not isinstance(account, AbstractUser):
            raise AuthenticationFailed("No account has this name and password.")
        return _tokens(account, _refresh(account))


class TokenRefreshView(TokenEndpoint):
    @extend_schema(operation_id="refresh_token", tags=["auth"], request=Refresh, responses=Tokens)
    def post(self, request: Request) -> Response:
        """Exchange a refresh token for the next two. It is good for one use: a second one ends all that followed it.

        The groups are those of this moment.
        """
        token = _read(validated(Refresh, request.data)["refresh"])
        account = _account(token) if token else None
        if token is None or account is None or FAMILY not in token:  # releases before families made such tokens
            raise AuthenticationFailed("The refresh token is not valid or has expired. Sign in again.")
        follower = _refresh(account, family=token[FAMILY])
        if not rotate(token[FAMILY], token["jti"], follower=follower["jti"], expires_at=follower["exp"]):
            raise AuthenticationFailed(
                "This refresh token was used before, by you or by somebody else, so all that followed it have ended. "
                "Sign in again."
            )
        return _tokens(account, follower)


def _tokens(account: AbstractUser, refresh: RefreshToken) -> Response:
    return Response({"access": _access(account), "refresh": str(refresh)}, headers={"Cache-Control": "no-store"})


def _access(account: AbstractUser) -> str:
    token = AccessToken.for_user(account)
    token[ROLES] = list(account.groups.values_list("name", flat=True))
    return str(token)


def _refresh(account: AbstractUser, *, family: str = "") -> RefreshToken:
    token = RefreshToken.for_user(account)
    token[PASSWORD] = account.get_session_auth_hash()
    token[FAMILY] = family or token["jti"]
    return token


def _read(text: str) -> RefreshToken | None:
    try:
        return RefreshToken(text)  # type: ignore[arg-type] # annotated as a Token, is its text
    except TokenError:
        return None


def _account(token: RefreshToken) -> AbstractUser | None:
    """The active account that this token was made for, when its password is still the same."""
    account = get_user_model().objects.filter(pk=token.get("user_id"), is_active=True).first()
    if account and constant_time_compare(token.get(PASSWORD, ""), account.get_session_auth_hash()):
        return account
    return None
