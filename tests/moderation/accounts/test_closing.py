"""What an app holds of an account ends with it, and with its roles, and not ten minutes later."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from moderation.models import User
from tests.support.people import Cast

IMAGES = "/api/v1/images"

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def chief(cast: Cast) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("chief", "chief@example.com", "darkroom"))
    return client


@pytest.fixture
def app(cast: Cast) -> APIClient:
    """The owner's, in use."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {AccessToken.for_user(cast.owner)}")
    assert client.get(IMAGES).status_code == 200
    return client


def change(chief: Client, account: User, **said: object) -> None:
    """Save the account's page in the admin with something else in it; None takes it out."""
    address = f"/admin/moderation/user/{account.pk}/change/"
    form = chief.get(address).context["adminform"].form
    fields = {**form.initial, "date_joined_0": "2026-01-01", "date_joined_1": "12:00:00", **said}
    sent = {name: value for name, value in fields.items() if value is not None}
    assert chief.post(address, sent).status_code == 302


def test_another_name_ends_nothing(chief: Client, app: APIClient, cast: Cast) -> None:
    change(chief, cast.owner, first_name="Alice")
    assert app.get(IMAGES).status_code == 200


def test_an_account_that_is_closed(chief: Client, app: APIClient, cast: Cast) -> None:
    change(chief, cast.owner, is_active=None)
    assert app.get(IMAGES).status_code == 401


def test_an_account_that_is_deleted(chief: Client, app: APIClient, cast: Cast) -> None:
    assert chief.post(f"/admin/moderation/user/{cast.owner.pk}/delete/", {"post": "yes"}).status_code == 302
    assert app.get(IMAGES).status_code == 401


def test_roles_that_have_changed(chief: Client, app: APIClient, cast: Cast) -> None:
    change(chief, cast.owner, groups=[Group.objects.get(name="moderator").pk])
    assert app.get(IMAGES).status_code == 401
