from __future__ import annotations

import re

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.test import Client

from tests.support.people import Cast


def test_nobody_learns_from_the_page_who_has_an_account(cast: Cast) -> None:
    known = Client().post("/password-reset", {"email": "alice@example.com"})
    unknown = Client().post("/password-reset", {"email": "nobody@example.com"})
    assert known.headers["Location"] == unknown.headers["Location"] == "/password-reset/sent"
    assert [letter.to for letter in mail.outbox] == [["alice@example.com"], ["nobody@example.com"]]
    assert "http://testserver/signup" in mail.outbox[1].body


@pytest.mark.parametrize(
    "path", ["/password-reset/x/y", "/password-reset/MQ/set-password", f"/password-reset/x/{'y' * 9000}"]
)
def test_a_link_that_was_not_sent_resets_nothing(cast: Cast, path: str) -> None:
    assert Client().get(path).context["validlink"] is False


def test_the_link_in_the_letter_leads_to_a_new_password_once(cast: Cast) -> None:
    Client().post("/password-reset", {"email": "Alice@Example.com"})
    letter = mail.outbox[0]
    assert letter.subject == "A new password for Darkroom"
    assert letter.to == ["alice@example.com"]
    found = re.search(r"http://testserver(/\S+)", letter.body)
    assert found
    client = Client()
    page = client.get(found[1], follow=True)
    assert page.context["validlink"] is True
    new = {"new_password1": "correct horse battery", "new_password2": "correct horse battery"}
    answer = client.post(page.request["PATH_INFO"], new)
    assert answer.headers["Location"] == "/password-reset/complete"
    assert authenticate(username="alice", password="correct horse battery") == cast.owner
    assert Client().get(found[1], follow=True).context["validlink"] is False
