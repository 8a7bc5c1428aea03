"""One tree of errors: each says by which status it ends an answer, and API, library and console say the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from rest_framework.serializers import Serializer

import media_pipeline
import moderation
from media_pipeline.api.errors import problem_response
from media_pipeline.errors import DarkroomError, InvalidRequestError, TooManyRequestsError
from media_pipeline.library import access as library
from moderation import access as console


def errors(kind: type[DarkroomError] = DarkroomError) -> Iterator[type[DarkroomError]]:
    for room in (media_pipeline, moderation):
        for module in walk_packages([str(Path(room.__file__ or "").parent)], f"{room.__name__}."):
            if ".migrations" not in module.name and ".management." not in module.name:
                import_module(module.name)
    yield from _below(kind)


def _below(kind: type[DarkroomError]) -> Iterator[type[DarkroomError]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith(("media_pipeline", "moderation")):
            yield each
            yield from _below(each)


def made(kind: type[DarkroomError]) -> DarkroomError:
    if issubclass(kind, TooManyRequestsError):
        return kind("Too often.", seconds=3)
    try:
        return kind("Not like this.")
    except TypeError:
        return kind()


ERRORS = sorted({made(kind) for kind in errors()}, key=lambda error: type(error).__name__)


def by_api(error: DarkroomError) -> int:
    request = SimpleNamespace(path="/api/v1/images")
    with mock.patch("media_pipeline.api.errors.set_rollback"):
        return problem_response(error, {"request": request}).status_code


def by_library(error: DarkroomError) -> int:
    @library.signed_in
    def view(request: Any, reader: Any) -> HttpResponse:
        raise error

    request = RequestFactory().get("/")
    request.user = SimpleNamespace(is_authenticated=True, pk="alice", is_superuser=False, groups=mock.MagicMock())
    request.htmx = True
    try:
        return view(request).status_code
    except Http404:
        return 404
    except DarkroomError:
        return 500


def by_console(error: DarkroomError) -> int:
    @console.call(Serializer)
    def view(viewer: Any, fields: Any) -> dict[str, Any]:
        raise error

    request = RequestFactory().post("/", json.dumps({}), content_type="application/json")
    request.user = SimpleNamespace(is_authenticated=True, is_staff=True)
    request._moderator = mock.Mock()
    request._dont_enforce_csrf_checks = True
    return view(request).status_code


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_ends_every_answer_by_the_same_status(error: DarkroomError) -> None:
    assert {by_api(error), by_library(error), by_console(error)} == {error.status}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_no_error_ends_an_answer_by_chance(error: DarkroomError) -> None:
    """A new kind of error says so itself, or follows one that does; only what is our own fault ends as 500."""
    says_so = [kind for kind in type(error).__mro__[:-3] if "status" in vars(kind) and kind is not DarkroomError]
    assert says_so
    assert error.code or isinstance(error, InvalidRequestError)
