"""Albums through the API: what their owner does with them, and that nobody else learns of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from media_pipeline.albums import albums
from media_pipeline.record.models import Image, new_image_id
from tests.api.problems import problem
from tests.support.people import Cast
from tests.support.uploads import reread

ALBUMS = "/api/v1/albums"
HOSTILE = ["1", "%00", "a" * 10_000, "01ARZ3NDEKTSV4RRFFQ69G5FA%00", "٠" * 26, "🌄", "' OR 1=1", "<script>", "Z" * 26]


@pytest.fixture
def album_id(clients: Cast) -> str:
    made: str = clients.owner.post(ALBUMS, {"name": "Summer"}).json()["album_id"]
    return made


@pytest.fixture
def ids(announce: Callable[..., Image]) -> list[str]:
    return [announce().image_id for _ in range(3)]


def calls(album_id: str, image_id: str) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Every call that is about one album."""
    album = f"{ALBUMS}/{album_id}"
    return [
        ("get", album, None),
        ("patch", album, {"name": "Mine"}),
        ("get", f"{album}/images", None),
        ("post", f"{album}/images", {"image_ids": [image_id]}),
        ("patch", f"{album}/images/{image_id}", {"before": None}),
        ("delete", f"{album}/images/{image_id}", None),
        ("delete", album, None),
    ]


def call(client: Any, method: str, path: str, body: object) -> Any:
    return getattr(client, method)(path, body) if body is not None else getattr(client, method)(path)


def listed(client: Any, path: str) -> list[str]:
    answer = client.get(path).json()
    further = listed(client, answer["next"]) if answer["next"] else []
    return [image["image_id"] for image in answer["results"]] + further


@pytest.mark.parametrize("who", ["stranger", "moderator"])
def test_an_album_of_somebody_else_does_not_exist(clients: Cast, album_id: str, ids: list[str], who: str) -> None:
    clients.owner.post(f"{ALBUMS}/{album_id}/images", {"image_ids": ids})
    client = getattr(clients, who)
    never = new_image_id()
    for theirs, unknown in zip(calls(album_id, ids[0]), calls(never, ids[0]), strict=True):
        answers = [problem(call(client, *each), 404, "not_found") for each in (theirs, unknown)]
        assert {**answers[0], "instance": ""} == {**answers[1], "instance": ""}
    assert client.get(ALBUMS).json()["results"] == []
    assert listed(clients.owner, f"{ALBUMS}/{album_id}/images") == ids


def test_the_anonymous_are_asked_who_they_are(clients: Cast, album_id: str, ids: list[str]) -> None:
    for each in [("get", ALBUMS, None), ("post", ALBUMS, {"name": "Mine"}), *calls(album_id, ids[0])]:
        problem(call(clients.anonymous, *each), 401, "not_authenticated")


@pytest.mark.parametrize("album_id", HOSTILE)
def test_a_hostile_id_is_an_unknown_one(clients: Cast, album_id: str) -> None:
    for each in calls(album_id, new_image_id()):
        problem(call(clients.owner, *each), 404, "not_found")


@pytest.mark.parametrize("image_id", HOSTILE[:1] + HOSTILE[3:])
def test_a_hostile_image_id_is_an_unknown_one(clients: Cast, album_id: str, image_id: str) -> None:
    problem(clients.owner.patch(f"{ALBUMS}/{album_id}/images/{image_id}", {"before": None}), 404, "not_found")
    assert clients.owner.delete(f"{ALBUMS}/{album_id}/images/{image_id}").status_code == 204


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("", {"name": ""}),
        ("", {"name": "x" * 101}),
        ("", {"name": "a\x00"}),
        ("", {"name": "\u0007"}),
        ("", {"title": "Summer"}),
        ("", {"name": 3}),
        ("/images", {"image_ids": []}),
        ("/images", {"image_ids": ["x"] * 101}),
        ("/images", {"image_ids": "x"}),
    ],
)
def test_what_makes_no_sense_is_refused(clients: Cast, album_id: str, name: str, body: dict[str, Any]) -> None:
    problem(clients.owner.post(f"{ALBUMS}/{album_id}{name}" if name else ALBUMS, body), 400, "invalid")


def test_the_photos_of_other_people_do_not_get_in(clients: Cast, ids: list[str]) -> None:
    theirs = clients.stranger.post(ALBUMS, {"name": "Theirs"}).json()["album_id"]
    added = clients.stranger.post(f"{ALBUMS}/{theirs}/images", {"image_ids": [ids[0], new_image_id()]})
    assert added.json() == {"added": []}
    assert reread(Image(ids[0])).albums is None


def test_an_album_is_made_filled_put_in_order_and_deleted(clients: Cast, ids: list[str]) -> None:
    made = clients.owner.post(ALBUMS, {"name": " Sommer  \u2600 "})
    assert (made.status_code, made.json()["name"]) == (201, "Sommer \u2600")
    album = f"{ALBUMS}/{made.json()['album_id']}"
    assert clients.owner.post(f"{album}/images", {"image_ids": ids}).json() == {"added": ids}
    assert clients.owner.post(f"{album}/images", {"image_ids": ids[:1]}).json() == {"added": []}
    assert clients.owner.patch(f"{album}/images/{ids[2]}", {"before": ids[0]}).status_code == 204
    assert clients.owner.patch(f"{album}/images/{ids[0]}", {"before": None}).status_code == 204
    assert listed(clients.owner, f"{album}/images?page_size=1") == [ids[2], ids[1], ids[0]]
    edited = clients.owner.patch(album, {"name": "Herbst", "cover": ids[1]}).json()
    assert edited == {**made.json(), "name": "Herbst", "cover": ids[1], "size": 3}
    assert clients.owner.get(ALBUMS).json() == {"results": [edited], "next": None}
    assert listed(clients.owner, f"/api/v1/images?album={edited['album_id']}") == ids[::-1]
    assert clients.owner.delete(f"{album}/images/{ids[1]}").status_code == 204
    assert clients.owner.get(album).json()["size"] == 2
    assert clients.owner.delete(album).status_code == 204
    problem(clients.owner.get(album), 404, "not_found")
    assert clients.owner.get(f"/api/v1/images/{ids[0]}").status_code == 200


def test_an_album_is_read_in_both_directions(clients: Cast, album_id: str, announce: Callable[..., Image]) -> None:
    ids = [announce().image_id for _ in range(5)]
    clients.owner.post(f"{ALBUMS}/{album_id}/images", {"image_ids": ids})
    clients.owner.delete(f"/api/v1/images/{ids[1]}")
    there, back = [], []
    link = f"{ALBUMS}/{album_id}/images?page_size=2"
    while link:
        last, answer = link, clients.owner.get(link).json()
        there.append([image["image_id"] for image in answer["results"]])
        link = answer["next"]
    assert there == [[ids[0], ids[2]], [ids[3], ids[4]]]
    link = clients.owner.get(last).json()["previous"]
    while link:
        answer = clients.owner.get(link).json()
        back.append([image["image_id"] for image in answer["results"]])
        assert answer["next"]
        link = answer["previous"]
    assert back == there[-2::-1]


def test_the_cursor_of_one_album_is_none_in_another(clients: Cast, album_id: str, ids: list[str]) -> None:
    other = clients.owner.post(ALBUMS, {"name": "Other"}).json()["album_id"]
    clients.owner.post(f"{ALBUMS}/{album_id}/images", {"image_ids": ids})
    further = clients.owner.get(f"{ALBUMS}/{album_id}/images?page_size=1").json()["next"]
    problem(clients.owner.get(further.replace(album_id, other)), 400, "invalid")


def test_what_is_in_the_way_is_said(clients: Cast, album_id: str, ids: list[str], monkeypatch: Any) -> None:
    monkeypatch.setattr(albums, "MAX_IMAGES", 2)
    answer = problem(clients.owner.post(f"{ALBUMS}/{album_id}/images", {"image_ids": ids}), 409, "conflict")
    assert answer["detail"] == "An album holds up to 2 photos. Make another one for the rest."
