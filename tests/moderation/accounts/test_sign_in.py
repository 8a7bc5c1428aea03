from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from moderation.models import User
from tests.conftest import Cast

ALICE = {"username": "alice", "password": "darkroom"}


@pytest.mark.parametrize(
    "credentials", [{**ALICE, "password": "wrong"}, {**ALICE, "username": "nobody"}, {**ALICE, "username": "a\u0000"}]
)
def test_wrong_credentials_sign_nobody_in(cast: Cast, credentials: dict[str, str]) -> None:
    client = Client()
    assert client.post("/signin", credentials).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_name_that_exists_and_one_that_does_not_are_answered_alike(cast: Cast) -> None:
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


def test_signing_out_takes_a_form_so_that_no_picture_on_another_site_can_do_it(cast: Cast) -> None:
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
