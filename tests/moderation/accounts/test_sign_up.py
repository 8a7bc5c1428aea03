from __future__ import annotations

import re
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from moderation.accounts import invitations
from moderation.models import User
from tests.support.people import Cast

GOOD = {"username": "carol", "password1": "correct horse battery", "password2": "correct horse battery"}


def link_in(letter: Any) -> str:
    found = re.search(r"http://testserver(/\S+)", letter.body)
    assert found
    return found[1]


# What must not happen


def test_nobody_learns_from_the_page_who_has_an_account(cast: Cast) -> None:
    known = Client().post("/signup", {"email": "ALICE@example.com"})
    unknown = Client().post("/signup", {"email": "carol@example.com"})
    assert (known.status_code, known.headers["Location"], known.content) == (302, "/signup/sent", b"")
    assert (unknown.status_code, unknown.headers["Location"], unknown.content) == (302, "/signup/sent", b"")
    assert [letter.to for letter in mail.outbox] == [["alice@example.com"], ["carol@example.com"]]


def test_signing_up_again_reminds_of_the_account_that_is_there(cast: Cast) -> None:
    Client().post("/signup", {"email": "ALICE@example.com"})
    assert "alice" in mail.outbox[0].body
    assert link_in(mail.outbox[0]) == "/password-reset"


@pytest.mark.parametrize("email", ["", "no address", "a@b", "a\u0000@example.com", f"{'a' * 300}@example.com"])
def test_what_is_no_address_gets_no_letter(db: None, email: str) -> None:
    answer = Client().post("/signup", {"email": email})
    assert answer.status_code == 200
    assert answer.context["form"].errors["email"]
    assert mail.outbox == []


def test_a_header_cannot_be_smuggled_into_a_letter(db: None) -> None:
    Client().post("/signup", {"email": "carol@example.com\nBcc: everybody@example.com"})
    assert mail.outbox == []


@pytest.mark.parametrize("token", ["x", "x" * 5000, "ImNhcm9sQGV4YW1wbGUuY29tIg:1:1"])
def test_a_link_that_was_not_sent_makes_no_account(db: None, token: str) -> None:
    for answer in (Client().get(f"/signup/{token}"), Client().post(f"/signup/{token}", GOOD)):
        assert answer.status_code == 410
    assert not User.objects.exists()


def test_a_link_is_good_for_three_days(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/signup/{invitations.make('carol@example.com')}"
    assert Client().get(path).status_code == 200
    monkeypatch.setattr(invitations, "SECONDS", -1)
    assert Client().get(path).status_code == 410


def test_a_link_works_once(db: None) -> None:
    path = f"/signup/{invitations.make('carol@example.com')}"
    assert Client().post(path, GOOD).status_code == 302
    assert Client().post(path, {**GOOD, "username": "dave"}).status_code == 410
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "ALICE"}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"password1": "12345678", "password2": "12345678"}, "password2"),
        ({"password1": "carol@example", "password2": "carol@example"}, "password2"),
        ({"password2": "something else"}, "password2"),
    ],
)
def test_a_bad_name_or_password_is_explained(cast: Cast, changes: dict[str, str], field: str) -> None:
    path = f"/signup/{invitations.make('carol@example.com')}"
    answer = Client().post(path, {**GOOD, **changes})
    assert answer.status_code == 200
    assert answer.context["form"].errors[field]
    assert User.objects.count() == 3


def test_a_mail_server_that_is_down_is_said_and_not_hidden(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("moderation.accounts.letters.send_mail", refuse)
    pages = [Client().post("/signup", {"email": email}) for email in ("alice@example.com", "carol@example.com")]
    assert [page.context["form"].non_field_errors() for page in pages] == [
        ["The e-mail could not be sent. Try again in a few minutes."]
    ] * 2


# What happens


def test_the_link_in_the_letter_leads_to_a_signed_in_account(db: None) -> None:
    client = Client()
    client.post("/signup", {"email": "carol@Example.com"})
    path = link_in(mail.outbox[0])
    assert client.get(path).context["email"] == "carol@example.com"
    assert client.post(path, GOOD).headers["Location"] == "/"
    carol = User.objects.get(username="carol")
    assert carol.email == "carol@example.com"
    assert client.session["_auth_user_id"] == carol.pk
    assert len(carol.pk) == 26
    assert not carol.is_staff


def test_locally_the_page_says_where_the_letter_is(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "terminal" in Client().get("/signup/sent").content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert "terminal" not in Client().get("/signup/sent").content.decode()
