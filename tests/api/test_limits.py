from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from media_pipeline.access import limits
from media_pipeline.api import throttling
from tests.api.keys import service
from tests.api.problems import problem
from tests.api.test_tokens import ALICE, REFRESH, TOKEN, bearing
from tests.support.hooks import failing, written_units
from tests.support.people import Cast

IMAGES = "/api/v1/images"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two calls, and then one a minute."""
    for name in ("CALLS", "BROWSER", "ANONYMOUS"):
        limit = getattr(throttling, name)
        monkeypatch.setattr(throttling, name, replace(limit, burst=2, interval=60))


def states(answer: Any) -> dict[str, dict[str, int]]:
    """The RateLimit header: {"burst": {"r": 99, "t": 1}, ...}."""
    items = re.findall(r'"(\w+)";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
    return {name: {"r": int(left), "t": int(seconds)} for name, left, seconds in items}


@pytest.mark.parametrize("who", ["key", "token", "session"])
def test_who_calls_too_often_is_told_when_to_come_back(few: None, clients: Cast, cast: Cast, who: str) -> None:
    client = {
        "key": lambda: service(cast.owner.pk),
        "token": lambda: bearing(AccessToken.for_user(cast.owner)),
        "session": lambda: clients.owner,
    }[who]()
    assert [client.get(IMAGES).status_code for _ in range(2)] == [200, 200]
    answer = client.get(IMAGES)
    problem(answer, 429, "throttled")
    assert 58 <= int(answer.headers["Retry-After"]) <= 60
    assert states(answer)["burst"]["r"] == 0


def test_every_answer_says_what_is_left(clients: Cast, cast: Cast) -> None:
    app = service(cast.owner.pk)
    first, missing, wrong = app.get(IMAGES), app.get(f"{IMAGES}/nothing"), app.get(IMAGES, {"page_size": 0})
    assert (first.status_code, missing.status_code, wrong.status_code) == (200, 404, 400)
    assert first.headers["RateLimit-Policy"] == '"burst";q=100;w=2, "day";q=10000;w=86400'
    assert states(first)["burst"]["r"] == 99
    assert [states(answer)["day"]["r"] for answer in (first, missing, wrong)] == [9999, 9998, 9997]
    assert 0 < states(first)["day"]["t"] <= 86_400


def test_the_days_quota_ends_at_midnight(clients: Cast, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "CALLS", replace(throttling.CALLS, per_day=1))
    app = service(cast.owner.pk)
    assert app.get(IMAGES).status_code == 200
    answer = app.get(IMAGES)
    assert "1 calls a day" in problem(answer, 429, "throttled")["detail"]
    assert int(answer.headers["Retry-After"]) == states(answer)["day"]["t"]


def test_people_in_browsers_have_no_quota(clients: Cast) -> None:
    assert "day" not in states(clients.owner.get(IMAGES))


def test_keys_of_one_account_are_counted_each(few: None, clients: Cast, cast: Cast) -> None:
    busy, other = service(cast.owner.pk), service(cast.owner.pk)
    for _ in range(3):
        busy.get(IMAGES)
    assert other.get(IMAGES).status_code == 200


def test_a_refused_call_does_nothing(few: None, clients: Cast, cast: Cast) -> None:
    app = service(cast.owner.pk)
    body = {"filename": "a.jpg", "content_type": "image/jpeg", "bytes": 10}
    answers = [app.post("/api/v1/uploads", body).status_code for _ in range(3)]
    assert answers == [201, 201, 429]
    assert len(clients.owner.get(IMAGES).json()["results"]) == 2


def test_calls_without_an_account_are_counted_by_address(
    few: None, clients: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [APIClient().post(REFRESH, {"refresh": "x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert int(answers[2].headers["Retry-After"]) > 50
    monkeypatch.setattr(limits, "network", lambda _address: "198.51.100.7")
    assert APIClient().post(REFRESH, {"refresh": "x"}).status_code == 401


def test_passwords_cannot_be_guessed_through_the_api(clients: Cast) -> None:
    for _ in range(10):
        problem(APIClient().post(TOKEN, {**ALICE, "password": "wrong"}), 401, "authentication_failed")
    answer = APIClient().post(TOKEN, ALICE)
    assert "Too many attempts" in problem(answer, 429, "throttled")["detail"]
    assert 80 <= int(answer.headers["Retry-After"]) <= 90
    assert "Too many attempts" in Client().post("/signin", ALICE).content.decode()


def test_reads_go_on_when_nobody_can_count(clients: Cast, cast: Cast) -> None:
    app = bearing(AccessToken.for_user(cast.owner))
    with failing("dynamodb.UpdateItem", times=4):
        answer = app.get(IMAGES)
    assert answer.status_code == 200
    assert "RateLimit" not in answer.headers


def test_a_call_costs_one_write_more(clients: Cast, cast: Cast) -> None:
    app = bearing(AccessToken.for_user(cast.owner))
    with written_units() as units:
        app.get(IMAGES)
    assert units == {"limits": 1}


def test_what_is_open_to_all_costs_nothing() -> None:
    answer = Client().get("/api/v1/schema")  # without the `aws` fixture there is no DynamoDB to count in
    assert answer.status_code == 200
    assert "RateLimit" not in answer.headers
