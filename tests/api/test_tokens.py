from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from config.local_aws.emulator import Emulator
from media_pipeline.access import access_tokens
from media_pipeline.access.refresh_tokens import rotate
from media_pipeline.record.models import Image
from tests.api.problems import problem
from tests.support.hooks import failing, first
from tests.support.people import Cast
from tests.support.pictures import make_jpeg
from tests.support.waiting import HANGS

TOKEN, REFRESH, IMAGES, UPLOADS = (
    f"/api/v1/{path}" for path in ("auth/token", "auth/token/refresh", "images", "uploads")
)
ALICE = {"username": "alice", "password": "darkroom"}


@contextmanager
def without_sql() -> Iterator[None]:
    """As if the database server were gone: every statement fails."""

    def refuse(*_: Any) -> None:
        raise OperationalError("the database is down")

    with connection.execute_wrapper(refuse):
        yield


def bearing(token: object) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def app_of(**credentials: str) -> APIClient:
    return bearing(APIClient().post(TOKEN, credentials).json()["access"])


# What must not happen


@pytest.mark.parametrize(
    "credentials",
    [
        {"username": "alice", "password": "wrong"},
        {"username": "nobody", "password": "darkroom"},
        {"username": "' OR 1=1 --", "password": "🗝"},
    ],
)
def test_wrong_credentials_all_get_the_same_answer(clients: Cast, credentials: dict[str, str]) -> None:
    answer = APIClient().post(TOKEN, credentials)
    assert problem(answer, 401, "authentication_failed")["detail"] == "No account has this name and password."
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "credentials",
    [{}, {"username": "alice"}, {"username": "alice\u0000", "password": "x"}, {**ALICE, "otp": "1"}, [], "alice"],
)
def test_incomplete_credentials_are_refused(clients: Cast, credentials: object) -> None:
    problem(APIClient().post(TOKEN, credentials), 400, "invalid")


def test_an_account_that_was_closed_gets_no_token(clients: Cast, cast: Cast) -> None:
    refresh = APIClient().post(TOKEN, ALICE).json()["refresh"]
    cast.owner.is_active = False
    cast.owner.save()
    problem(APIClient().post(TOKEN, ALICE), 401, "authentication_failed")
    problem(APIClient().post(REFRESH, {"refresh": refresh}), 401, "authentication_failed")


def test_a_new_password_ends_the_refresh_tokens(clients: Cast, cast: Cast) -> None:
    refresh = APIClient().post(TOKEN, ALICE).json()["refresh"]
    cast.owner.set_password("another")
    cast.owner.save()
    problem(APIClient().post(REFRESH, {"refresh": refresh}), 401, "authentication_failed")


def test_tokens_cannot_be_used_for_each_other(clients: Cast) -> None:
    tokens = APIClient().post(TOKEN, ALICE).json()
    problem(bearing(tokens["refresh"]).get(IMAGES), 401, "authentication_failed")
    problem(APIClient().post(REFRESH, {"refresh": tokens["access"]}), 401, "authentication_failed")


def test_a_refresh_token_from_elsewhere_is_refused(clients: Cast, cast: Cast) -> None:
    token = RefreshToken.for_user(cast.owner)  # signed, but not bound to a password
    problem(APIClient().post(REFRESH, {"refresh": str(token)}), 401, "authentication_failed")


def refreshed(token: str) -> str:
    """The refresh token that follows this one."""
    return str(APIClient().post(REFRESH, {"refresh": token}).json()["refresh"])


def is_refused(token: str) -> bool:
    refusal = problem(APIClient().post(REFRESH, {"refresh": token}), 401, "authentication_failed")
    return "was used before" in refusal["detail"]


def test_a_refresh_token_without_a_family_is_refused(clients: Cast, cast: Cast) -> None:
    """As those of builds before there were families."""
    token = RefreshToken.for_user(cast.owner)
    token["password_hash"] = cast.owner.get_session_auth_hash()
    problem(APIClient().post(REFRESH, {"refresh": str(token)}), 401, "authentication_failed")


def test_a_refresh_token_used_twice_ends_all_that_followed_it(clients: Cast) -> None:
    first = APIClient().post(TOKEN, ALICE).json()["refresh"]
    second = refreshed(first)
    third = refreshed(second)
    assert is_refused(second)
    assert is_refused(third)
    assert is_refused(first)


def test_the_first_of_a_family_is_good_for_one_use_too(clients: Cast) -> None:
    first = APIClient().post(TOKEN, ALICE).json()["refresh"]
    second = refreshed(first)
    assert is_refused(first)
    assert is_refused(second)


def test_a_family_that_ended_ends_no_other(clients: Cast) -> None:
    one, other = (APIClient().post(TOKEN, ALICE).json()["refresh"] for _ in range(2))
    refreshed(one)
    assert is_refused(one)
    assert bearing(APIClient().post(REFRESH, {"refresh": other}).json()["access"]).get(IMAGES).status_code == 200


def test_nobody_joins_a_family_that_has_no_item_any_more(clients: Cast, cast: Cast) -> None:
    second = RefreshToken(refreshed(APIClient().post(TOKEN, ALICE).json()["refresh"]))  # type: ignore[arg-type] # text
    second["family"] = RefreshToken()["jti"]
    assert is_refused(str(second))


def test_of_two_who_refresh_at_once_one_is_refused(clients: Cast) -> None:
    refresh = {"refresh": APIClient().post(TOKEN, ALICE).json()["refresh"]}
    with first("dynamodb.UpdateItem", lambda: APIClient().post(REFRESH, refresh), body=b"family|") as other:
        problem(APIClient().post(REFRESH, refresh), 401, "authentication_failed")
    assert getattr(other[0], "status_code", None) == 200


def test_without_knowing_whether_it_was_used_it_is_not(clients: Cast) -> None:
    refresh = {"refresh": APIClient().post(TOKEN, ALICE).json()["refresh"]}
    with failing("dynamodb.UpdateItem", times=8):
        problem(APIClient().post(REFRESH, refresh), 503, "temporary")
    assert APIClient().post(REFRESH, refresh).status_code == 200


def test_a_repeated_write_is_no_second_use(clients: Cast) -> None:
    """botocore repeats a write whose answer was lost."""
    family, expires_at = str(RefreshToken()["jti"]), int(time.time()) + 60
    assert [rotate(family, family, follower="a", expires_at=expires_at) for _ in range(2)] == [True, True]
    assert [rotate(family, "a", follower="b", expires_at=expires_at) for _ in range(2)] == [True, True]


def test_tokens_are_kept_by_no_cache(clients: Cast) -> None:
    assert APIClient().post(TOKEN, ALICE).headers["Cache-Control"] == "no-store"


def test_an_expired_token_is_refused_and_says_what_to_do(clients: Cast, cast: Cast) -> None:
    token = AccessToken.for_user(cast.owner)
    token["roles"] = []
    token.set_exp(lifetime=-timedelta(seconds=1))
    answer = bearing(token).get(IMAGES)
    assert "auth/token/refresh" in problem(answer, 401, "authentication_failed")["detail"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_ended_token_is_refused_and_a_later_one_is_not(clients: Cast, cast: Cast) -> None:
    before = AccessToken.for_user(cast.owner)
    assert bearing(before).get(IMAGES).status_code == 200
    access_tokens.end(cast.owner.pk)
    answer = bearing(before).get(IMAGES)
    assert "has ended" in problem(answer, 401, "authentication_failed")["detail"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    time.sleep(1.1)  # tokens say to the second when they were made
    assert bearing(AccessToken.for_user(cast.owner)).get(IMAGES).status_code == 200
    assert clients.owner.get(IMAGES).status_code == 200  # a session is asked for in SQL each time


def test_no_counter_in_dynamodb_names_an_account(clients: Cast, cast: Cast, aws: Emulator) -> None:
    assert bearing(AccessToken.for_user(cast.owner)).get(IMAGES).status_code == 200
    assert clients.owner.get(IMAGES).status_code == 200
    items = aws.root_client("dynamodb").scan(TableName="darkroom-local-limits")["Items"]
    counters = [item["pk"]["S"] for item in items if item["pk"]["S"].startswith("limit|")]
    assert counters
    assert not [counter for counter in counters if cast.owner.pk in counter]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "x" * 10_000, "eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjoiMSJ9."])
def test_what_is_no_token_of_ours_is_refused(clients: Cast, token: str) -> None:
    problem(bearing(token).get(IMAGES), 401, "authentication_failed")


def test_a_browser_needs_the_csrf_token_to_change_something(cast: Cast, aws: object) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(cast.owner)
    announcement = {"filename": "a.jpg", "content_type": "image/jpeg", "bytes": 10}
    problem(client.post(UPLOADS, announcement), 403, "permission_denied")
    client.get("/signin")
    token = client.cookies["csrftoken"].value
    assert client.post(UPLOADS, announcement, headers={"X-CSRFToken": token}).status_code == 201


# What happens


def test_a_token_carries_the_roles_of_its_moment(clients: Cast, cast: Cast, photo: Image) -> None:
    tokens = APIClient().post(TOKEN, {"username": "moderator", "password": "darkroom"}).json()
    app = bearing(tokens["access"])
    cast.moderator.groups.clear()
    address = f"{IMAGES}/{photo.image_id}"
    assert app.get(address).status_code == 200
    access = APIClient().post(REFRESH, {"refresh": tokens["refresh"]}).json()["access"]
    problem(bearing(access).get(address), 404, "not_found")


def test_without_sql_a_holder_of_a_token_uploads_and_reads(
    clients: Cast, photo: Image, announce: Callable[..., Image]
) -> None:
    app, moderators_app = app_of(**ALICE), app_of(username="moderator", password="darkroom")
    spare = announce()
    data = make_jpeg()
    with without_sql():
        started = app.post(UPLOADS, {"filename": "a.jpg", "content_type": "image/jpeg", "bytes": len(data)}).json()
        form = started["upload"]
        assert requests.post(form["url"], form["fields"], files={"file": data}, timeout=HANGS).status_code == 204
        file = SimpleUploadedFile("b.jpg", data, "image/jpeg")
        assert app.post(IMAGES, {"file": file}, format="multipart").status_code == 202
        assert started["image_id"] in [image["image_id"] for image in app.get(IMAGES).json()["results"]]
        address = f"{IMAGES}/{photo.image_id}"
        assert app.get(address).json()["status"] == "ready"
        assert app.get(f"{address}/download").status_code == 302
        assert app.patch(address, {"title": "Dawn"}).json()["title"] == "Dawn"
        assert app.delete(f"{IMAGES}/{spare.image_id}").status_code == 204
        assert app.post(f"{IMAGES}/{spare.image_id}/restore").status_code == 200
        assert moderators_app.get(address).status_code == 200


def test_without_sql_everybody_else_is_asked_to_come_back(clients: Cast) -> None:
    with without_sql():
        for answer in (
            APIClient().post(TOKEN, ALICE),
            APIClient().post(REFRESH, {"refresh": str(RefreshToken())}),
            clients.owner.get(IMAGES),
        ):
            problem(answer, 503, "temporary")
            assert int(answer.headers["Retry-After"]) > 0
        assert APIClient().get("/healthz").json() == {"status": "ok"}
