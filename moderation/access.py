"""Who is at the console, asked once a request, and errors in the form that the page reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from media_pipeline.api.requests import Input
from media_pipeline.errors import DarkroomError, InvalidRequestError, NotFoundError
from media_pipeline.telemetry import logger
from moderation.inputs import Fields, checked
from moderation.models import User
from moderation.roles import May, Moderator, moderator

P = ParamSpec("P")
BROKEN = "The server made a mistake, and has noted it."
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
                return view(request, viewer, *args, **kwargs)
            except NotFoundError as error:
                raise Http404(str(error)) from error
            except DarkroomError as error:
                if error.status == 500:
                    raise
                return render(request, "console/error.html", {"message": str(error)}, status=error.status)

        return wraps(view)(guarded)

    return decorate


def call(
    shape: type[Input], *may: May
) -> Callable[[Callable[[Moderator, Fields], dict[str, Any]]], Callable[[HttpRequest], HttpResponseBase]]:
    """A call of a page in the background, for those who may do one of these things, or for all at the console.

    JSON of this shape in, JSON out, every error as a status and a sentence.
    """

    def decorate(view: Callable[[Moderator, Fields], dict[str, Any]]) -> Callable[[HttpRequest], HttpResponseBase]:
        @wraps(view)
        @never_cache
        @require_POST
        def answered(request: HttpRequest) -> HttpResponseBase:
            try:
                if not (request.user.is_authenticated and request.user.is_staff):
                    return JsonResponse({"detail": "You are not signed in any more. Sign in again."}, status=401)
                viewer = viewer_of(request)
                if may:
                    viewer.require(*may)
                return JsonResponse(view(viewer, checked(shape, _body(request))))
            except DarkroomError as error:
                return _explained(request, error)
            except (OperationalError, InterfaceError):
                return JsonResponse({"detail": NO_SQL}, status=503)

        return answered

    return decorate


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError("The request is not JSON.") from error
    if not isinstance(body, dict):
        raise InvalidRequestError("The request is not a JSON object.")
    return body


def _explained(request: HttpRequest, error: DarkroomError) -> JsonResponse:
    if error.status == 500:
        logger.error("call failed", path=request.path, exc_info=error)
        return JsonResponse({"detail": BROKEN}, status=500)
    return JsonResponse({"detail": str(error)}, status=error.status)
