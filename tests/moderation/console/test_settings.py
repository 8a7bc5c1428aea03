"""Keys of one's own, on the page of cases and on that of faces."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from moderation.console import faces, review
from moderation.models import ConsoleSettings
from tests.support.moderators import People

PAGE = "/admin/settings"

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def person(people: People) -> Client:
    """Somebody who decides cases and names faces."""
    client = Client()
    client.force_login(people.user("moderator", "face reviewer"))
    return client


def save(client: Client, **keys: str) -> Any:
    form = client.get(PAGE).context["form"]
    initial = {name: form[name].value() for name in form.fields}
    said = {name: value for name, value in initial.items() if value not in (None, False)}
    return client.post(PAGE, {**said, **{f"key_{act}": key for act, key in keys.items()}})


def keys_on(client: Client, address: str) -> dict[str, str]:
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', client.get(address).content.decode())
    assert found
    keys: dict[str, str] = json.loads(found[1])["keys"]
    return keys


def test_unchanged_keys_are_those_of_the_manual(person: Client) -> None:
    assert keys_on(person, "/admin/faces") == faces.KEYS
    assert keys_on(person, "/admin/review") == review.KEYS


def test_each_page_takes_its_own_and_those_that_both_have(person: Client) -> None:
    assert save(person, new="m", allow="x", undo="z").status_code == 302
    assert keys_on(person, "/admin/faces") == {**faces.KEYS, "new": "m", "undo": "z"}
    assert keys_on(person, "/admin/review") == {**review.KEYS, "allow": "x", "undo": "z"}
    assert ConsoleSettings.objects.get().keys == {"new": "m", "allow": "x", "undo": "z"}


@pytest.mark.parametrize(
    ("keys", "at_fault"),
    [
        ({"new": "w"}, "key_new"),  # wrong
        ({"edit": "s"}, "key_edit"),  # skip, on both pages
        ({"undo": "w"}, "key_undo"),  # wrong, on the page of faces alone
        ({"hide": "3"}, "key_hide"),  # a candidate
        ({"allow": "r"}, "key_allow"),  # remove
    ],
)
def test_one_key_for_two_things_on_a_page_is_refused(person: Client, keys: dict[str, str], at_fault: str) -> None:
    answer = save(person, **keys)
    assert answer.status_code == 200
    assert at_fault in answer.context["form"].errors
    assert not ConsoleSettings.objects.exists()


def test_one_key_may_mean_one_thing_on_each_page(person: Client) -> None:
    assert save(person, new="a", nobody="o").status_code == 302
