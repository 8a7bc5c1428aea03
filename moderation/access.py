"""Who is at the console, asked once a request, and errors in the form that the page reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from media_pipeline.errors import (
    ConflictError,
    DarkroomError,
    InvalidRequestError,
    NotAllowedError,
    NotFoundError,
    TemporaryError,
)
from moderation.models import User
from moderation.roles import May, Moderator, moderator

P = ParamSpec("P")
STATUS_CODES: dict[type[DarkroomError], int] = {
    InvalidRequestError: 400,
    NotAllowedError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    TemporaryError: 503,
}
NO_SQL = "The database does not answer. Nothing was changed; try again in a moment."


def viewer_of(request: HttpRequest) -> Moderator:
    """What the person may do as of this request; read once and kept on it."""
    known: Moderator | None = getattr(request, "_moderator", None)
    if known is None:
        known = moderator(cast("User", request.user))
        request._moderator = known  # type: ignore[attr-defined]  # noqa: SLF001 - requests are where Django keeps such
    return known


def page(
    *may: May,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Moderator, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """A page of the console, for those who may do one of these things."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, Moderator, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @never_cache
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not (request.user.is_authenticated and request.user.is_staff):
                return redirect_to_login(request.get_full_path())
            viewer = viewer_of(request)
            try:
                viewer.require(*may)
            except NotAllowedError as error:
                raise PermissionDenied(str(error)) from error
            try:
                return view(request, viewer, *args, **kwargs)
            except NotFoundError as error:
                raise Http404(str(error)) from error

        return wraps(view)(guarded)

    return decorate


def call(view: Callable[[Moderator, dict[str, Any]], dict[str, Any]]) -> Callable[[HttpRequest], HttpResponseBase]:
    """A call of the review page: JSON in, JSON out, every error as a status and a sentence."""

    @wraps(view)
    @never_cache
    @require_POST
    def answered(request: HttpRequest) -> HttpResponseBase:
        try:
            if not (request.user.is_authenticated and request.user.is_staff):
                return JsonResponse({"detail": "You are not signed in any more. Sign in again."}, status=401)
            return JsonResponse(view(viewer_of(request), _said(request)))
        except DarkroomError as error:
            status = next((code for kind, code in STATUS_CODES.items() if isinstance(error, kind)), 500)
            return JsonResponse({"detail": str(error)}, status=status)
        except (OperationalError, InterfaceError):
            return JsonResponse({"detail": NO_SQL}, status=503)

    return answered


def _said(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body or b"{}")
    except ValueError as error:
        raise InvalidRequestError("The request is not JSON.") from error
    if not isinstance(said, dict):
        raise InvalidRequestError("The request is not a JSON object.")
    return said
