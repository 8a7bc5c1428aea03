"""Webhooks in the admin: by role, with a secret that is seen once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from config.local_aws.emulator import Emulator
from media_pipeline.conf import conf
from moderation.models import WebhookDelivery, WebhookEndpoint
from moderation.roles import ROLES
from moderation.services.webhooks import calls as webhook_calls
from moderation.services.webhooks import deliveries, endpoints
from moderation.services.webhooks import secrets as webhook_secrets
from tests.support.moderators import People

ENDPOINTS = "/admin/moderation/webhookendpoint/"
DELIVERIES = "/admin/moderation/webhookdelivery/"
FORM = {"url": "https://hooks.example.com/in", "events": ["image.ready", "image.decided"], "whose": ""}


@pytest.fixture(autouse=True)
def everything_is_on_the_internet(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_calls, "addresses", lambda *_: ["8.8.8.8"])


@pytest.fixture
def lead(people: People) -> Client:
    return signed_in(people, "lead")


def signed_in(people: People, role: str) -> Client:
    client = Client()
    client.force_login(people.user(role))
    return client


@pytest.fixture
def endpoint(people: People) -> WebhookEndpoint:
    made = WebhookEndpoint(url="https://hooks.example.com/in", events=["image.ready"])
    endpoints.make(people("lead"), made)
    return made


def shown_secret(page: str) -> str:
    found = re.search(r"whsec_[\w+/=]+", page)
    assert found
    return found[0]


def change(client: Client, endpoint: WebhookEndpoint, **more: Any) -> Any:
    form = {**FORM, "is_on": "on", **more}
    return client.post(f"{ENDPOINTS}{endpoint.pk}/change/", form)


def test_made_it_shows_its_secret_once(lead: Client, people: People) -> None:
    bob = people.user("viewer", name="bob")
    answer = lead.post(f"{ENDPOINTS}add/", {**FORM, "whose": "bob"})
    secret = shown_secret(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    made = WebhookEndpoint.objects.get()
    assert webhook_secrets.opened(made.secret) == secret
    assert (made.owner, made.events, made.made_by) == (bob, FORM["events"], people.user("lead"))
    for page in (f"{ENDPOINTS}{made.pk}/change/", ENDPOINTS):
        assert "whsec_" not in lead.get(page).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "http://hooks.example.com/"}, "must begin with https://"),
        ({"events": []}, "This field is required"),
        ({"events": ["image.made_up"]}, "not one of the available choices"),
        ({"whose": "nobody"}, "Nobody here has this user name."),
    ],
)
def test_a_wrong_form_says_what_is_wrong(lead: Client, wrong: dict[str, Any], said: str) -> None:
    assert said in lead.post(f"{ENDPOINTS}add/", {**FORM, **wrong}).content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_an_address_inside_is_refused_in_the_form(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    answer = lead.post(f"{ENDPOINTS}add/", {**FORM, "url": "https://127.0.0.1/latest/meta-data"})
    assert "which is not on the internet" in answer.content.decode()


def test_one_whose_name_leads_nowhere_can_be_switched_off(
    lead: Client, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    change(lead, endpoint, is_on="")
    assert not WebhookEndpoint.objects.get().is_on


def test_a_new_secret_replaces_the_old_one_after_a_day(lead: Client, endpoint: WebhookEndpoint) -> None:
    earlier = endpoint.secret
    secret = shown_secret(change(lead, endpoint, _rotate="yes").content.decode())
    endpoint.refresh_from_db()
    assert webhook_secrets.opened(endpoint.secret) == secret
    assert endpoint.earlier_secret == earlier
    assert endpoint.earlier_until is not None
    assert round((endpoint.earlier_until - timezone.now()).total_seconds() / 3600) == 24
    assert LogEntry.objects.filter(change_message="new secret").exists()


def test_a_test_event_goes_the_way_of_the_others(
    lead: Client, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(deliveries.task_queue, "send", lambda *task, **_: sent.append(task))
    with django_capture_on_commit_callbacks(execute=True):
        answer = change(lead, endpoint, _test="yes")
    delivery = WebhookDelivery.objects.get()
    assert answer["Location"] == f"{DELIVERIES}{delivery.pk}/change/"
    assert sent == [("webhook", {"delivery": delivery.pk})]
    assert "webhook.test" in lead.get(answer["Location"]).content.decode()


def test_switched_off_and_on_again_it_begins_without_a_past(lead: Client, endpoint: WebhookEndpoint) -> None:
    change(lead, endpoint, is_on="")
    assert not WebhookEndpoint.objects.get().is_on
    WebhookEndpoint.objects.update(off_because="It answered 410: gone.", failures=9, failing_since=timezone.now())
    assert "It answered 410: gone." in lead.get(ENDPOINTS).content.decode()
    change(lead, endpoint)
    now = WebhookEndpoint.objects.get()
    assert (now.is_on, now.off_because, now.failures, now.failing_since) == (True, "", 0, None)


def test_deliveries_are_listed_and_sent_again(lead: Client, endpoint: WebhookEndpoint, people: People) -> None:
    delivery = endpoints.test(people("lead"), endpoint)
    WebhookDelivery.objects.update(state=WebhookDelivery.State.GIVEN_UP, tries=7)
    delivery.attempts.create(status=503, milliseconds=120, error="<b>down</b>")
    page = lead.get(f"{DELIVERIES}{delivery.pk}/change/").content.decode()
    assert "503" in page
    assert "&lt;b&gt;down&lt;/b&gt;" in page
    assert "Given up" in lead.get(DELIVERIES).content.decode()
    answer = lead.post(DELIVERIES, {"action": "send_again", "_selected_action": [delivery.pk]}, follow=True)
    assert "1 on their way again." in answer.content.decode()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (WebhookDelivery.State.WAITING, 0)


def test_operations_leads_there(lead: Client, endpoint: WebhookEndpoint) -> None:
    page = lead.get("/admin/operations").content.decode()
    assert "1 on. In the last day 0 delivered, 0 waiting, 0 given up." in " ".join(page.split())
    assert ENDPOINTS in page
    assert DELIVERIES in page


@pytest.mark.parametrize("role", [*sorted(set(ROLES) - {"lead"}), "superuser"])
def test_nobody_else_sees_or_changes_them(role: str, people: People, endpoint: WebhookEndpoint) -> None:
    user = people.user(role) if role in ROLES else people.user(name="root")
    user.is_superuser = role == "superuser"
    user.save()
    client = Client()
    client.force_login(user)
    delivery = endpoints.test(people("lead"), endpoint)
    for page in (ENDPOINTS, f"{ENDPOINTS}add/", f"{ENDPOINTS}{endpoint.pk}/change/", DELIVERIES):
        assert client.get(page).status_code == 403
    assert client.get(f"{DELIVERIES}{delivery.pk}/change/").status_code == 403
    assert client.post(f"{ENDPOINTS}add/", FORM).status_code == 403
    assert change(client, endpoint, _rotate="yes").status_code == 403
    assert client.post(DELIVERIES, {"action": "send_again", "_selected_action": [delivery.pk]}).status_code == 403
    assert WebhookEndpoint.objects.get().secret == endpoint.secret


def test_the_queue_is_the_one_of_the_stack(aws: Emulator) -> None:
    assert conf.tasks_queue_url == aws.outputs["TasksQueueUrl"]
