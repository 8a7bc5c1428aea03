"""What browsers let the scripts of other sites do with the API."""

from __future__ import annotations

import pytest
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken

from tests.api.test_tokens import bearing
from tests.support.people import Cast

IMAGES, APP, EVIL = "/api/v1/images", "https://app.example.com", "https://evil.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key,idempotency-key"}
ALLOWED = "Access-Control-Allow-Origin"


@pytest.fixture
def app_allowed(settings: object) -> None:
    settings.CORS_ALLOWED_ORIGINS = [APP]  # type: ignore[attr-defined] # pytest-django's wrapper


@pytest.mark.parametrize("origin", [APP, EVIL, "null"])
def test_by_default_no_other_site_may_call(db: None, origin: str) -> None:
    for answer in (
        Client().options(IMAGES, headers={"Origin": origin, **PREFLIGHT}),
        Client().get("/api/v1/schema", headers={"Origin": origin}),
    ):
        assert ALLOWED not in answer.headers


@pytest.mark.parametrize("origin", [EVIL, "http://app.example.com", f"{APP}:8443", f"{APP}.evil.example", "null"])
def test_only_the_named_origin_may(app_allowed: None, db: None, origin: str) -> None:
    assert ALLOWED not in Client().options(IMAGES, headers={"Origin": origin, **PREFLIGHT}).headers


@pytest.mark.parametrize("path", ["/", "/signin", "/admin/", "/healthz", "/api/v2/images"])
def test_nothing_but_the_api_is_shared(app_allowed: None, db: None, path: str) -> None:
    assert ALLOWED not in Client().get(path, headers={"Origin": APP}).headers


def test_a_named_origin_may_call_and_read_the_headers(app_allowed: None, clients: Cast, cast: Cast) -> None:
    preflight = Client().options(IMAGES, headers={"Origin": APP, **PREFLIGHT})
    assert preflight.status_code == 200
    assert preflight.headers[ALLOWED] == APP
    assert {"x-api-key", "idempotency-key", "authorization"} <= set(
        preflight.headers["Access-Control-Allow-Headers"].split(", ")
    )
    answer = bearing(AccessToken.for_user(cast.owner)).get(IMAGES, headers={"Origin": APP})
    assert answer.headers[ALLOWED] == APP
    assert "RateLimit" in answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert "origin" in answer.headers["Vary"]


@pytest.mark.parametrize("everybody", [False, True])
def test_no_other_site_ever_calls_with_this_sites_cookies(app_allowed: None, settings: object, everybody: bool) -> None:
    settings.CORS_ALLOW_ALL_ORIGINS = everybody  # type: ignore[attr-defined] # pytest-django's wrapper
    answer = Client().options(IMAGES, headers={"Origin": APP, **PREFLIGHT})
    assert answer.headers[ALLOWED] == ("*" if everybody else APP)
    assert "Access-Control-Allow-Credentials" not in answer.headers
