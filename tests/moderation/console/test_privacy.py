"""The page of forgetting, with the permissions that the web has in production."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from media_pipeline.record.models import Image
from moderation.models import Erasure
from tests.support.moderators import People
from tests.support.tasks import work

pytestmark = pytest.mark.usefixtures("aws")


PAGE = "/admin/privacy"


@pytest.fixture
def officer(people: People) -> Client:
    client = Client()
    client.force_login(people.user("privacy officer"))
    return client


def test_what_an_image_leaves_is_listed(officer: Client, flagged: Callable[[], Image]) -> None:
    record = flagged()
    answer = officer.get(PAGE, {"kind": "image", "subject": record.image_id})
    assert answer.status_code == 200
    assert dict(answer.context["plan"])["Cases"] == 1


def test_an_image_is_forgotten_from_the_page(officer: Client, flagged: Callable[[], Image]) -> None:
    record = flagged()
    answer = officer.post(PAGE, {"kind": "image", "subject": record.image_id})
    assert answer.status_code == 302
    work()
    assert Image.load(record.image_id) is None
    assert Erasure.objects.get(kind="image").finished_at
