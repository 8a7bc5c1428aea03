"""The whole trash at once, and what goes from it for good."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.errors import ConflictError, NotFoundError
from media_pipeline.images import use_cases
from media_pipeline.library import whole_trash
from media_pipeline.pipeline import sweeping
from media_pipeline.record.models import Image, Status
from media_pipeline.search.query import SearchQuery
from tests.library.answers import text
from tests.support.aws import as_role
from tests.support.people import Cast
from tests.support.waiting import HANGS

pytestmark = [pytest.mark.usefixtures("aws"), pytest.mark.django_db]


@pytest.fixture
def kept(announce: Callable[..., Image]) -> str:
    return announce("kept.jpg").image_id


@pytest.fixture
def trashed(announce: Callable[..., Image], owner: Reader) -> list[str]:
    ids = [announce(f"{number}.jpg").image_id for number in range(3)]
    for image_id in ids:
        use_cases.delete(owner, image_id)
    return ids


def in_trash(reader: Reader) -> list[str]:
    page = use_cases.list_images(reader, size=50, status=Status.DELETED)
    return [record.image_id for record in page.images]


@pytest.mark.parametrize("who", ["stranger", "moderator", "anonymous"])
def test_nobody_else_empties_or_restores_it(
    clients: Cast, owner: Reader, trashed: list[str], kept: str, who: str
) -> None:
    client = getattr(clients, who)
    for path in ("/trash/empty", "/trash/restore"):
        assert client.post(path).status_code == 302
        assert clients.owner.get(path).status_code == 405
    client.post("/photos/purge", {"photo": trashed})
    assert in_trash(owner) == trashed[::-1]


def test_what_is_not_in_the_trash_is_not_deleted_for_good(clients: Cast, owner: Reader, kept: str) -> None:
    with pytest.raises(ConflictError):
        use_cases.purge(owner, kept)
    answer = clients.owner.post("/photos/purge", {"photo": kept}, headers={"HX-Request": "true"})
    assert json.loads(answer["HX-Trigger"])["darkroom:purged"] == {
        "ids": [],
        "sentence": "None of them is deleted for good.",
    }
    assert use_cases.get(owner, kept)


def test_an_emptied_trash_is_empty_and_the_sweep_erases_it(
    empty_queues: None, clients: Cast, owner: Reader, trashed: list[str], kept: str
) -> None:
    assert "Empty trash" in text(clients.owner.get("/trash"))
    page = text(clients.owner.post("/trash/empty", follow=True))
    assert "3 photos are deleted for good." in page
    assert "The Trash is empty" in page
    assert in_trash(owner) == []
    everything = use_cases.search(owner, SearchQuery(q="jpg", status=Status.DELETED), size=9).images
    assert everything == []
    for image_id in trashed:
        for call in (use_cases.get, use_cases.restore, use_cases.delete):
            with pytest.raises(NotFoundError):
                call(owner, image_id)
        assert clients.owner.get(f"/photos/{image_id}").status_code == 404
    assert use_cases.get_many(owner, [*trashed, kept])[0].image_id == kept
    with as_role("pipeline"):  # the schedule sweeps
        sweeping.sweep(seconds=HANGS)
    assert Image.load_many(trashed) == []
    assert use_cases.get(owner, kept)


def test_all_of_it_comes_back(clients: Cast, owner: Reader, trashed: list[str]) -> None:
    page = text(clients.owner.post("/trash/restore", follow=True))
    assert "3 photos are back among your photos." in page
    assert in_trash(owner) == []
    assert not any(record.deleted_at for record in Image.load_many(trashed))


def test_more_than_one_request_has_time_for_is_said(
    clients: Cast, owner: Reader, trashed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_trash, "MAX_IMAGES", 2)
    monkeypatch.setattr(whole_trash, "PAGE", 2)
    page = text(clients.owner.post("/trash/empty", follow=True))
    assert "2 photos are deleted for good. Empty it again for the rest." in page
    assert len(in_trash(owner)) == 1


def test_those_chosen_are_deleted_for_good(clients: Cast, owner: Reader, trashed: list[str]) -> None:
    answer = clients.owner.post("/photos/purge", {"photo": trashed[:2]}, headers={"HX-Request": "true"})
    told = json.loads(answer["HX-Trigger"])["darkroom:purged"]
    assert told == {"ids": trashed[:2], "sentence": "2 photos are deleted for good."}
    assert in_trash(owner) == trashed[2:]


def test_the_trash_says_how_many_days_are_left(clients: Cast, trashed: list[str]) -> None:
    assert re.findall(r'data-edge="([^"]+)"', text(clients.owner.get("/trash"))) == ["30 days left"] * 3
