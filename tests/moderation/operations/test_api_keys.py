"""Keys made and revoked on their page in the console."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from rest_framework.test import APIClient

from media_pipeline.access import api_keys as keys
from media_pipeline.errors import NotAllowedError
from moderation.roles import ROLES
from moderation.services.operations import api_keys
from tests.support.hooks import failing
from tests.support.moderators import People
from tests.support.people import Cast

PAGE, IMAGES = "/admin/api-keys", "/api/v1/images"
ASKED = {"username": "alice", "name": "Scanner", "scopes": ["images:read"], "days": "30"}

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def lead(people: People) -> Client:
    client = Client()
    client.force_login(people.user("lead"))
    return client


def made(client: Client, **changes: Any) -> str:
    match = re.search(r'value="(dk_\w+)"', client.post(PAGE, {**ASKED, **changes}).content.decode())
    assert match
    return match[1]


def calls_with(text: str) -> int:
    answer = APIClient().get(IMAGES, headers={"X-API-Key": text})
    return int(answer.status_code)


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"lead"}))
def test_only_leads_see_make_and_revoke(people: People, cast: Cast, role: str) -> None:
    client = Client()
    client.force_login(people.user(role))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, ASKED).status_code == 403
    for act in (
        lambda: api_keys.listed(people(role)),
        lambda: api_keys.make(people(role), username="alice", name="a", scopes=[keys.Scope.READ], days=1),
        lambda: api_keys.revoke(people(role), "0" * 12),
    ):
        with pytest.raises(NotAllowedError):
            act()
    assert not LogEntry.objects.exists()


def test_others_are_sent_to_sign_in(cast: Cast) -> None:
    assert Client().get(PAGE).headers["Location"].startswith("/signin")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"username": "nobody"}, "no open account"),
        ({"username": "a\u0000"}, "Null characters"),
        ({"name": " "}, "This field is required"),
        ({"name": "x" * 101}, "at most 100"),
        ({"scopes": []}, "This field is required"),
        ({"scopes": ["admin"]}, "not one of the available choices"),
        ({"days": "0"}, "greater than or equal to 1"),
        ({"days": "367"}, "less than or equal to 366"),
        ({"days": "soon"}, "whole number"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    lead: Client, cast: Cast, changes: dict[str, Any], message: str
) -> None:
    page = lead.post(PAGE, {**ASKED, **changes}).content.decode()
    assert message in page
    assert "The new key" not in page


def test_a_name_cannot_bring_markup(lead: Client, cast: Cast) -> None:
    made(lead, name="<script>alert(1)</script>")
    assert "<script>alert(1)" not in lead.get(PAGE).content.decode()


@pytest.mark.parametrize("key_id", ["0" * 12, "' OR 1=1", "é", "x" * 10_000])
def test_a_key_that_does_not_exist_cannot_be_revoked(lead: Client, key_id: str) -> None:
    assert "There is no such key." in lead.post(PAGE, {"revoke": key_id}, follow=True).content.decode()


def test_a_key_is_shown_once_and_works(lead: Client, cast: Cast) -> None:
    answer = lead.post(PAGE, ASKED)
    assert "no-store" in answer.headers["Cache-Control"]
    text = made(lead)
    assert calls_with(text) == 200
    page = lead.get(PAGE).content.decode()
    assert text not in page
    assert text.rpartition("_")[0] in page


def test_revoking_ends_it_at_once(lead: Client, cast: Cast) -> None:
    text = made(lead)
    key_id = text.split("_")[1]
    assert "is revoked" in lead.post(PAGE, {"revoke": key_id}, follow=True).content.decode()
    assert calls_with(text) == 401


def test_both_are_in_the_admins_log_without_the_secret(lead: Client, cast: Cast, people: People) -> None:
    text = made(lead)
    key_id, secret = text.split("_")[1:]
    lead.post(PAGE, {"revoke": key_id})
    entries = LogEntry.objects.filter(object_id=key_id).order_by("pk")
    assert [entry.change_message for entry in entries] == [
        "API key made for alice: images:read, 30 days",
        "API key revoked",
    ]
    assert {entry.user_id for entry in entries} == {people.user("lead").pk}
    assert not any(secret in str(entry.__dict__) for entry in entries)


@pytest.fixture
def chief(cast: Cast) -> Client:
    client = Client()
    client.force_login(type(cast.owner).objects.create_superuser("chief", "chief@example.com", "darkroom"))
    return client


def test_an_account_that_is_closed_loses_its_keys(lead: Client, chief: Client, cast: Cast) -> None:
    text, address = made(lead), f"/admin/moderation/user/{cast.owner.pk}/change/"
    form = chief.get(address).context["adminform"].form
    said = {name: value for name, value in form.initial.items() if value is not None and name != "is_active"}
    assert chief.post(address, {**said, "date_joined_0": "2026-01-01", "date_joined_1": "12:00:00"}).status_code == 302
    assert calls_with(text) == 401
    assert LogEntry.objects.filter(change_message="API key revoked: alice was closed").exists()


@pytest.mark.parametrize("bulk", [False, True])
def test_an_account_that_is_deleted_does_too(lead: Client, chief: Client, cast: Cast, bulk: bool) -> None:
    text = made(lead)
    if bulk:
        said = {"action": "delete_selected", "_selected_action": cast.owner.pk, "post": "yes"}
        answer = chief.post("/admin/moderation/user/", said)
    else:
        answer = chief.post(f"/admin/moderation/user/{cast.owner.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 302
    assert calls_with(text) == 401


def test_the_page_opens_when_dynamodb_does_not_answer(lead: Client) -> None:
    with failing("dynamodb.GetItem", times=4):
        assert "did not answer" in lead.get(PAGE).content.decode()
