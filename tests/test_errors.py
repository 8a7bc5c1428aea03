"""What an error says of itself is what every answer goes by: the API's, the library's, the console's."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory

import media_pipeline
import moderation
from media_pipeline.api.errors import problem_response
from media_pipeline.api.requests import Input
from media_pipeline.errors import DarkroomError
from media_pipeline.library.access import signed_in
from moderation.access import call, page
from moderation.models import User
from moderation.roles import May, Moderator


def import_everything() -> None:
    for package in (media_pipeline, moderation):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in module.name:
                importlib.import_module(module.name)


def below(kind: type[DarkroomError]) -> Iterator[type[DarkroomError]]:
    for each in kind.__subclasses__():
        yield each
        yield from below(each)


import_everything()
KINDS = sorted(set(below(DarkroomError)), key=lambda kind: kind.__qualname__)
OF_ERRORS = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def made(kind: type[DarkroomError]) -> DarkroomError:
    if kind.__init__ is Exception.__init__:
        return kind("Why.")
    needed = [each for each in inspect.signature(kind).parameters.values() if each.default is each.empty]
    return kind(**{each.name: 7 if each.name == "seconds" else "Why." for each in needed})


def raising(error: Exception) -> Callable[..., NoReturn]:
    def view(*_: object, **__: object) -> NoReturn:
        raise error

    return view


def status_of(view: Callable[..., Any], request: Any) -> int:
    """As Django answers what a view lets out."""
    try:
        return int(view(request).status_code)
    except Http404:
        return 404
    except PermissionDenied:
        return 403
    except DarkroomError:
        return 500


@pytest.fixture
def request_of_staff(monkeypatch: pytest.MonkeyPatch) -> Any:
    request: Any = RequestFactory().post("/", "{}", content_type="application/json")
    request.user = User(pk="somebody", username="somebody", is_staff=True)
    request.htmx = False
    request._moderator = Moderator("somebody", "somebody", frozenset(), frozenset(May))
    monkeypatch.setattr("media_pipeline.library.access.reader_of_account", lambda _: None)
    return request


def test_the_walk_finds_errors_of_every_room() -> None:
    rooms = {kind.__module__ for kind in KINDS}
    assert {"media_pipeline.errors", "media_pipeline.faces.collections", "media_pipeline.record.events"} <= rooms


@OF_ERRORS
def test_an_error_says_its_status(kind: type[DarkroomError]) -> None:
    """By itself or by a class above it; that of all errors together does not count."""
    above = kind.__mro__[: kind.__mro__.index(DarkroomError)]
    assert any("status" in vars(each) for each in above)


@OF_ERRORS
@pytest.mark.django_db
def test_everywhere_answers_with_its_status(kind: type[DarkroomError], request_of_staff: Any) -> None:
    error = made(kind)
    answers = {
        "api": problem_response(error, {"request": request_of_staff}).status_code,
        "library": status_of(signed_in(raising(error)), request_of_staff),
        "page": status_of(page(May.OPERATE)(raising(error)), request_of_staff),
        "call": status_of(call(Input)(raising(error)), request_of_staff),
    }
    assert answers == dict.fromkeys(answers, kind.status)


def test_the_message_of_a_500_is_for_the_log(request_of_staff: Any) -> None:
    answer = call(Input)(raising(DarkroomError("secret")))(request_of_staff)
    assert answer.status_code == 500
    assert b"secret" not in answer.content
