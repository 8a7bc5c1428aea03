"""Name and password, and an end to guessing: on the page, in the API, wherever Django is asked to authenticate."""

from __future__ import annotations

import hashlib
import math
from typing import Any

from django import forms
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest

from media_pipeline.access import limits
from media_pipeline.access.limits import Limit
from media_pipeline.conf import conf
from media_pipeline.errors import TemporaryError, TooManyRequestsError
from moderation.models import User

SECONDS = conf.sign_in_minutes * 60
# An attempt counts when it begins, and no longer when it succeeds: many at once must not slip through together.
# By account and address together, so that nobody is locked out by somebody who tries elsewhere.
BY_ACCOUNT = Limit("sign-in", conf.sign_in_attempts, SECONDS / conf.sign_in_attempts)
BY_ADDRESS = Limit("sign-in-address", 10 * conf.sign_in_attempts, SECONDS / conf.sign_in_attempts / 10)


class CountingBackend(ModelBackend):
    """Raises TooManyRequestsError after too many attempts, right or wrong.

    When DynamoDB cannot count, nobody signs in (TemporaryError): whoever could make it fail could guess without end,
    and there are no images to see without it.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **others: Any
    ) -> User | None:
        if request is None or username is None:
            return super().authenticate(request, username=username, password=password, **others)
        address = limits.network(request.META.get("REMOTE_ADDR", ""))
        pair = hashlib.sha256(f"{username.casefold()}|{address}".encode("utf-8", "replace")).hexdigest()
        _count(BY_ADDRESS, address)
        _count(BY_ACCOUNT, pair)
        account = super().authenticate(request, username=username, password=password, **others)
        if account is not None:
            limits.give_back(BY_ACCOUNT, pair)
        return account


class SignInForm(AuthenticationForm):
    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except TooManyRequestsError as error:
            raise forms.ValidationError(str(error), code="throttled") from error
        except TemporaryError as error:
            raise forms.ValidationError(
                "Signing in is not possible at the moment. Try again in a few minutes.", code="temporary"
            ) from error


def _count(limit: Limit, caller: str) -> None:
    allowance = limits.take(limit, caller)
    if not allowance.is_allowed:
        minutes = math.ceil(allowance.wait / 60)
        raise TooManyRequestsError(
            f"Too many attempts to sign in. Try again in {minutes} minute{'s' if minutes > 1 else ''}, "
            "or reset the password.",
            seconds=allowance.wait,
        )
