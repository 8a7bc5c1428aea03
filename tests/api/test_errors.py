from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from django.test import Client
from rest_framework.exceptions import Throttled

from media_pipeline.errors import ConfigurationError, ConflictError, DarkroomError
from media_pipeline.images import use_cases
from media_pipeline.record.models import Image
from tests.api.problems import problem
from tests.support.hooks import failing
from tests.support.people import Cast

IMAGES = "/api/v1/images"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Let the list of images raise this."""

    def break_with(error: Exception) -> None:
        def raise_it(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(use_cases, "search", raise_it)

    return break_with


@pytest.mark.parametrize("path", ["/api/v1/image", "/api/v2/images", "/api/", "/api/v1/images/", "/api/v1/%00%FF"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_address_that_does_not_exist_is_a_problem_too(clients: Cast, path: str, method: str) -> None:
    problem(getattr(clients.anonymous, method)(path), 404, "not_found")


def test_a_wrong_method_names_the_right_ones(clients: Cast) -> None:
    answer = clients.owner.put(IMAGES)
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "body", ["{", "[" * 100_000, "{'a': 1}", '{"bytes": NaN}', "\xff", '{"bytes": ' + "9" * 5000 + "}"]
)
def test_a_body_that_is_no_json_is_a_parse_error(clients: Cast, body: str) -> None:
    answer = clients.owner.generic("POST", "/api/v1/uploads", body.encode("latin-1"), "application/json")
    problem(answer, 400, "parse_error")


def test_a_media_type_that_nobody_reads_is_named(clients: Cast) -> None:
    answer = clients.owner.generic("POST", "/api/v1/uploads", b"<a/>", "application/xml")
    assert "application/xml" in problem(answer, 415, "unsupported_media_type")["detail"]


def test_the_instance_is_the_path_that_was_asked_for(clients: Cast) -> None:
    body = problem(clients.owner.get("/api/v1/images/grüße"), 404, "not_found")
    assert body["instance"] == "/api/v1/images/gr%C3%BC%C3%9Fe"


def test_an_impatient_client_is_told_when_to_come_back(clients: Cast, broken: Callable[[Exception], None]) -> None:
    broken(Throttled(wait=7))
    answer = clients.owner.get(IMAGES)
    problem(answer, 429, "throttled")
    assert answer.headers["Retry-After"] == "7"


def test_what_time_can_heal_says_when_to_try_again(clients: Cast, announce: Callable[..., Image]) -> None:
    record = announce()
    with failing("dynamodb.GetItem", times=4):
        answer = clients.owner.get(f"{IMAGES}/{record.image_id}")
    problem(answer, 503, "temporary")
    assert answer.headers["Retry-After"] == "5"


def test_a_conflict_is_one(clients: Cast, broken: Callable[[Exception], None]) -> None:
    broken(ConflictError("Somebody was faster."))
    assert problem(clients.owner.get(IMAGES), 409, "conflict")["detail"] == "Somebody was faster."


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("secret"), ConfigurationError("secret"), DarkroomError("secret"), KeyError("secret")]
)
def test_what_nobody_foresaw_is_logged_and_told_nothing_of(
    clients: Cast, broken: Callable[[Exception], None], error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    broken(error)
    with caplog.at_level(logging.ERROR, "darkroom"):
        answer = clients.owner.get(IMAGES)
    problem(answer, 500, "error")
    assert b"secret" not in answer.content


def test_healthz_answers_and_touches_nothing() -> None:
    answer = Client().get("/healthz")  # without the `db` and `aws` fixtures there is neither
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert Client().post("/healthz").status_code == 405
