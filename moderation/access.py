"""Who is at the console, asked once a request, and errors in the form that the page reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import Serializer

from media_pipeline.api.errors import in_words
from media_pipeline.errors import DarkroomError, InvalidRequestError, NotAllowedError, NotFoundError
from moderation.models import User
from moderation.roles import May, Moderator, moderator

P = ParamSpec("P")
Fields = dict[str, Any]
Call = Callable[[Moderator, Fields], dict[str, Any]]
View = Callable[[HttpRequest], HttpResponseBase]
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
            except DarkroomError as error:
                if error.status == 500:
                    raise
                context = {**admin.site.each_context(request), "title": "Not now", "message": str(error)}
                return render(request, "console/error.html", context, status=error.status)

        return wraps(view)(guarded)

    return decorate


def call(shape: type[Serializer[Any]], *may: May) -> Callable[[Call], View]:
    """A call of a page of the console: JSON of that shape in, JSON out, every error as a status and a sentence.

    For those who `may` do one of these things; with none named, the services that it calls ask.
    """

    def decorate(view: Call) -> View:
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
                return JsonResponse(view(viewer, _fields(request, shape)))
            except DarkroomError as error:
                return JsonResponse({"detail": str(error)}, status=error.status)
            except (OperationalError, InterfaceError):
                return JsonResponse({"detail": NO_SQL}, status=503)

        return answered

    return decorate


def _fields(request: HttpRequest, shape: type[Serializer[Any]]) -> dict[str, Any]:
    try:
        serializer = shape(data=json.loads(request.body or b"{}"))
        serializer.is_valid(raise_exception=True)
    except ValueError as error:
        raise InvalidRequestError("The request is not JSON.") from error
    except ValidationError as error:
        raise InvalidRequestError(in_words(error)) from error
    return dict(serializer.validated_data)
