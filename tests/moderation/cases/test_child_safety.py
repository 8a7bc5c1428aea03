"""Nothing that others can see refers to an image that is held for child safety."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from media_pipeline.access.readers import Reader
from media_pipeline.errors import NotAllowedError, NotFoundError
from media_pipeline.record.models import BLURRED, Image, ReviewState
from media_pipeline.storage import signing
from media_pipeline.storage.signing import Purpose
from moderation.models import ChildSafetyCase, User
from moderation.roles import ROLES, join
from moderation.services.cases import child_safety, decisions, exposures
from tests.support.moderators import People
from tests.support.uploads import reread

Make = Callable[..., Image]
PAGES = (
    "/admin/",
    "/admin/moderation/reviewcase/?state=all",
    "/admin/moderation/reviewcase/?state=all&q={id}",
    "/admin/moderation/auditline/",
    "/admin/moderation/auditline/?q={id}",
    "/admin/moderation/statement/",
    "/admin/moderation/childsafetycase/",
    "/admin/moderation/childsafetycase/?q={id}",
    "/admin/dashboard",
    "/admin/operations",
    "/admin/thresholds",
    "/admin/review/{id}",
)


@pytest.fixture
def held(waiting: Make, people: People) -> Image:
    record = waiting(owner="alice", filename="held.jpg")
    assert not decisions.hold(people("moderator"), record.image_id)[0].problem
    return reread(record)


def everybody_else() -> User:
    """A superuser in every role but one."""
    root = User.objects.create_superuser("root", "root@example.com", "x")
    join(root, set(ROLES) - {"child-safety"})
    return root


def test_no_page_refers_to_it(held: Image, people: People) -> None:
    client = Client()
    client.force_login(everybody_else())
    for page in PAGES:
        answer = client.get(page.format(id=held.image_id))
        body = answer.content.decode().replace(f"q={held.image_id}", "").replace(f'value="{held.image_id}"', "")
        body = body.replace(f'"first": "{held.image_id}"', "").replace(f"review/{held.image_id}", "")
        assert held.image_id not in body, page
        assert held.image_id[-6:] not in body, page
        assert "held.jpg" not in body, page
    assert not LogEntry.objects.filter(object_id=held.image_id).exists()


def test_no_count_moves_with_it(waiting: Make, people: People) -> None:
    client = Client()
    client.force_login(everybody_else())

    def waiting_count() -> int:
        return int(client.post("/admin/review/calls/more", "{}", content_type="application/json").json()["waiting"])

    before = waiting_count()
    record = waiting()
    assert waiting_count() == before + 1
    decisions.hold(people("moderator"), record.image_id)
    assert waiting_count() == before


@pytest.mark.parametrize("name", ["small", "large", "original", BLURRED])
def test_nobody_gets_an_address_of_it(held: Image, name: str) -> None:
    for reader in (Reader("alice"), Reader("m", frozenset(ROLES))):
        assert signing.sign(held, reader, Purpose.VIEW, name) is None


def test_it_cannot_be_revealed(held: Image, people: People) -> None:
    with pytest.raises(NotFoundError):
        exposures.reveal(people("lead"), held.image_id)


def test_its_role_sees_the_case_files_the_report_and_keeps_it(held: Image, people: People) -> None:
    guardian = people("child-safety")
    client = Client()
    client.force_login(people.user("child-safety"))
    assert held.image_id in client.get("/admin/moderation/childsafetycase/").content.decode()
    child_safety.file(guardian, held.image_id, "CT-42")
    assert ChildSafetyCase.objects.get(pk=held.image_id).reference == "CT-42"
    assert reread(held).review == ReviewState.CHILD_SAFETY
    assert reread(held).in_review is None


def test_its_role_files_and_releases_with_a_reason(held: Image, people: People) -> None:
    client, cases = Client(), "/admin/moderation/childsafetycase/"
    client.force_login(people.user("child-safety"))
    for action, answer, comes_to in (
        ("filed", {"reference": "CT-42"}, ReviewState.CHILD_SAFETY),
        ("released", {"reason": "a doll"}, ReviewState.CHILD_SAFETY),  # refused: it was reported
    ):
        chosen = {"action": action, "_selected_action": held.image_id}
        asked = client.post(cases, chosen)
        assert "1 case" in asked.content.decode()
        done = client.post(cases, {**chosen, "confirmed": "yes", **answer}, follow=True)
        assert ("1 done." in done.content.decode()) == (action == "filed")
        assert reread(held).review == comes_to
    assert ChildSafetyCase.objects.get(pk=held.image_id).reference == "CT-42"


def test_others_neither_file_nor_release(held: Image, people: People) -> None:
    for act in (child_safety.file, child_safety.release):
        with pytest.raises(NotAllowedError):
            act(people("lead"), held.image_id, "x")


def test_a_mistake_goes_back_to_review(held: Image, people: People) -> None:
    from moderation.models import ReviewCase

    child_safety.release(people("child-safety"), held.image_id, "a doll")
    assert reread(held).review == ReviewState.OPEN
    assert ReviewCase.objects.get(pk=held.image_id).state == ReviewCase.State.OPEN
    assert not ChildSafetyCase.objects.filter(pk=held.image_id).exists()
