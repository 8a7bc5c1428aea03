from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from media_pipeline.access import limits
from moderation.models import User
from tests.support.hooks import failing
from tests.support.people import Cast

pytestmark = pytest.mark.usefixtures("aws")

ALICE = {"username": "alice", "password": "darkroom"}


@pytest.mark.parametrize(
    "credentials", [{**ALICE, "password": "wrong"}, {**ALICE, "username": "nobody"}, {**ALICE, "username": "a\u0000"}]
)
def test_wrong_credentials_sign_nobody_in(cast: Cast, credentials: dict[str, str]) -> None:
    client = Client()
    assert client.post("/signin", credentials).status_code == 200
    assert "_auth_user_id" not in client.session


def test_known_and_unknown_names_are_answered_alike(cast: Cast) -> None:
    known = Client().post("/signin", {**ALICE, "password": "wrong"})
    unknown = Client().post("/signin", {"username": "nobody", "password": "wrong"})
    assert known.context["form"].errors == unknown.context["form"].errors


def test_a_form_from_another_site_is_refused(cast: Cast) -> None:
    assert Client(enforce_csrf_checks=True).post("/signin", ALICE).status_code == 403


@pytest.mark.parametrize("path", ["/signup", "/password-reset", "/signout"])
def test_no_form_works_without_its_csrf_token(cast: Cast, path: str) -> None:
    assert Client(enforce_csrf_checks=True).post(path, {"email": "a@example.com"}).status_code == 403


def test_signing_in_leads_to_where_one_wanted_to_go(cast: Cast) -> None:
    assert Client().post("/signin", ALICE).headers["Location"] == "/"
    assert Client().post("/signin", {**ALICE, "next": "/trash"}).headers["Location"] == "/trash"


def test_signing_in_never_leads_to_another_site(cast: Cast) -> None:
    for target in ("https://example.com/", "//example.com", "javascript:alert(1)"):
        assert Client().post("/signin", {**ALICE, "next": target}).headers["Location"] == "/"


def test_signing_out_takes_a_form(cast: Cast) -> None:
    """So that no picture on another site can do it."""
    client = Client()
    client.force_login(cast.owner)
    assert client.get("/signout").status_code == 405
    assert client.post("/signout").headers["Location"] == "/signin"
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_one_address_has_one_account_however_it_is_written() -> None:
    User.objects.create_user("ann", "ann@example.com", "x")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ann2", "ANN@example.com", "x")


# Guessing


def attempt(password: str, username: str = "alice") -> str:
    """What the page says to it; "" when it lets one in."""
    answer = Client().post("/signin", {"username": username, "password": password})
    return "" if answer.status_code == 302 else str(answer.context["form"].non_field_errors())


def test_after_ten_wrong_passwords_the_right_one_has_to_wait_too(cast: Cast) -> None:
    assert all("Please enter a correct" in attempt("wrong") for _ in range(10))
    assert "Too many attempts to sign in. Try again in 2 minutes" in attempt("darkroom")
    assert "Too many attempts" in attempt("darkroom", "ALICE")
    assert attempt("darkroom", "bob") == ""


def test_an_unknown_account_is_locked_like_a_known_one(cast: Cast) -> None:
    for _ in range(10):
        attempt("wrong", "nobody")
    assert "Too many attempts" in attempt("wrong", "nobody")


def test_signing_in_forgets_the_failures(cast: Cast) -> None:
    for _ in range(9):
        attempt("wrong")
    assert attempt("darkroom") == ""
    assert all("Please enter a correct" in attempt("wrong") for _ in range(10))


def test_elsewhere_one_can_still_sign_in(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(11):
        attempt("wrong")
    monkeypatch.setattr(limits, "network", lambda _address: "198.51.100.9")
    assert attempt("darkroom") == ""


def test_one_address_does_not_try_one_password_on_everybody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: now))  # no attempt comes back meanwhile
    assert all("Please enter a correct" in attempt("wrong", f"user{number}") for number in range(100))
    assert "Too many attempts" in attempt("darkroom")


def test_what_cannot_be_counted_is_not_tried(cast: Cast) -> None:
    with failing("dynamodb.UpdateItem", times=4):
        assert "Signing in is not possible at the moment" in attempt("darkroom")


def test_the_console_asks_for_the_password_on_the_same_page(cast: Cast) -> None:
    answer = Client().post("/admin/login/?next=/admin/", {"username": "alice", "password": "wrong"})
    assert answer.headers["Location"] == "/signin?next=/admin/"
    assert Client().get("/admin/login/?next=//evil.example/").headers["Location"].startswith("/signin")
