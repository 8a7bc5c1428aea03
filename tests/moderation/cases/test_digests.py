"""The morning's e-mail: to whom, how often, and what must not be in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from config.local_aws.emulator import Emulator
from media_pipeline.record.models import Image
from moderation.models import ConsoleSettings, ReviewCase
from moderation.services.cases import digests
from tests.support.moderators import People
from tests.support.pipeline import tidy
from tests.support.stream import lambda_context

Make = Callable[..., Image]
pytestmark = pytest.mark.usefixtures("empty_queues")
MORNING = dt.datetime(2030, 5, 6, 6, 5, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.datetime], None]:
    def set_to(moment: dt.datetime) -> None:
        monkeypatch.setattr(digests.timezone, "now", lambda: moment)

    set_to(MORNING)
    return set_to


def recipients() -> list[str]:
    return sorted(address for letter in mail.outbox for address in letter.to)


def test_it_says_how_much_waits_and_how_long_and_names_no_image(people: People, waiting: Make) -> None:
    people.user("moderator")
    record, other = waiting(filename="secret-beach.jpg"), waiting()
    ReviewCase.objects.filter(pk=record.image_id).update(severity=4, flagged_at=MORNING - dt.timedelta(hours=5))
    ReviewCase.objects.filter(pk=other.image_id).update(severity=2, flagged_at=MORNING - dt.timedelta(hours=2))
    assert digests.send_due() == 1
    (letter,) = mail.outbox
    assert letter.subject == "Images wait for you"
    assert "2 images wait for your decision. The oldest has waited for 5 h 0 min; 2 are overdue." in letter.body
    assert "Severity 4: 1\n  Severity 2: 1\n" in letter.body
    assert "http://127.0.0.1:8000/admin/review" in letter.body
    assert not any(text in letter.body for text in ("secret-beach", record.image_id, "Nudity", "alice"))


def test_once_a_day_each_and_not_before_six(
    people: People, waiting: Make, clock: Callable[[dt.datetime], None]
) -> None:
    people.user("moderator")
    waiting()
    for moment, letters in (
        (MORNING - dt.timedelta(hours=1), 0),
        (MORNING, 1),
        (MORNING + dt.timedelta(minutes=5), 1),
        (MORNING + dt.timedelta(hours=17, minutes=54), 1),
        (MORNING + dt.timedelta(hours=18), 1),
        (MORNING + dt.timedelta(hours=24), 2),
    ):
        clock(moment)
        digests.send_due()
        assert len(mail.outbox) == letters, moment


def test_when_nothing_waits_nothing_comes_that_day(people: People, waiting: Make) -> None:
    people.user("moderator")
    assert digests.send_due() == 0
    waiting()
    assert digests.send_due() == 0
    assert mail.outbox == []


def test_only_those_who_can_decide_it_and_want_to_hear_of_it(people: People, waiting: Make) -> None:
    waiting(owner=people.user("moderator", name="owner").pk)
    people.user("moderator", name="reads")
    people.user("viewer", name="looks")
    people.user("appeals", name="appeals")
    people.user("child-safety", name="guards")
    ConsoleSettings.objects.create(moderator=people.user("moderator", name="silent"), digest=False)
    gone = people.user("moderator", name="gone")
    gone.is_active = False
    gone.save()
    digests.send_due()
    assert recipients() == ["reads@example.com"]


def test_a_mail_server_that_is_down_is_tried_again(
    people: People, waiting: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any, **__: Any) -> int:
        raise ConnectionRefusedError("down")

    people.user("moderator")
    waiting()
    with monkeypatch.context() as patch:
        patch.setattr(digests, "send_mail", down)
        assert digests.send_due() == 0
    assert digests.send_due() == 1


def test_the_schedule_sends_it(people: People, waiting: Make, aws: Emulator) -> None:
    people.user("moderator")
    waiting()
    assert tidy({}, lambda_context())["digests"] == 1
    assert tidy({}, lambda_context())["digests"] == 0


def test_it_is_switched_off_in_the_settings(people: People, waiting: Make) -> None:
    waiting()
    client = Client()
    client.force_login(people.user("moderator"))
    form = client.get("/admin/settings").context["form"]
    assert form.initial.get("digest", form.instance.digest) is True
    chosen = {name: field.initial for name, field in form.fields.items() if name.startswith("key_")}
    client.post("/admin/settings", {**chosen, "break_minutes": 25, "reveal_limit": 100})
    assert ConsoleSettings.objects.get().digest is False
    assert digests.send_due() == 0
