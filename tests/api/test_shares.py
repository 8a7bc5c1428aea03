"""Links through the API; what they show is held by tests/library/test_sharing.py."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.albums import albums
from media_pipeline.conf import conf
from media_pipeline.record.models import Image, new_image_id
from tests.api.problems import problem
from tests.support.aws import EMULATOR
from tests.support.people import Cast

SHARES = "/api/v1/shares"


def test_a_link_is_made_listed_and_revoked(clients: Cast, photo: Image) -> None:
    made = clients.owner.post(SHARES, {"image_id": photo.image_id, "days": 1, "shown": ["date"], "may_download": True})
    assert made.status_code == 201
    share = made.json()
    url = share.pop("url")
    assert clients.anonymous.get(url).status_code == 200
    assert clients.owner.get(SHARES).json() == {"results": [share]}
    assert (share["image_id"], share["album_id"], share["shown"]) == (photo.image_id, None, ["date"])
    assert clients.owner.delete(f"{SHARES}/{share['share_id']}").status_code == 204
    assert clients.owner.get(SHARES).json() == {"results": []}
    assert clients.anonymous.get(url).status_code == 404


def test_an_album_is_shared_as_well(clients: Cast, photo: Image) -> None:
    owner = Reader(photo.owner)
    album = albums.create(owner, "Summer")
    albums.add(owner, album.album_id, [photo.image_id])
    url = clients.owner.post(SHARES, {"album_id": album.album_id}).json()["url"]
    assert photo.image_id in clients.anonymous.get(url).content.decode()


def test_a_call_that_is_sent_again_gets_the_same_link(clients: Cast, photo: Image) -> None:
    key, wanted = {"Idempotency-Key": "of-my-own"}, {"image_id": photo.image_id}
    made = clients.owner.post(SHARES, wanted, headers=key)
    again = clients.owner.post(SHARES, wanted, headers=key)
    assert (again.status_code, again.json()) == (201, made.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(clients.owner.get(SHARES).json()["results"]) == 1
    token = made.json()["url"].rpartition("/")[2]
    kept = EMULATOR.root_client("dynamodb").scan(TableName=conf.limits_table)["Items"]
    assert made.json()["share_id"] in str(kept)
    assert token not in str(kept)
    assert "of-my-own" not in str(kept)


def test_the_link_of_a_repeated_call_stays_revoked(clients: Cast, photo: Image) -> None:
    key, wanted = {"Idempotency-Key": "of-my-own"}, {"image_id": photo.image_id}
    made = clients.owner.post(SHARES, wanted, headers=key).json()
    clients.owner.delete(f"{SHARES}/{made['share_id']}")
    problem(clients.owner.post(SHARES, wanted, headers=key), 404, "not_found")
    assert clients.anonymous.get(made["url"]).status_code == 404


def test_links_of_one_key_differ_from_reader_to_reader(clients: Cast, photo: Image) -> None:
    key, urls = {"Idempotency-Key": "1"}, set()
    for client in (clients.owner, clients.stranger):
        album = client.post("/api/v1/albums", {"name": "Summer"}).json()["album_id"]
        urls.add(client.post(SHARES, {"album_id": album}, headers=key).json()["url"])
    assert len(urls) == 2


@pytest.mark.parametrize("who", ["stranger", "moderator"])
def test_only_the_owner_shares_lists_and_revokes(clients: Cast, photo: Image, who: str) -> None:
    share = clients.owner.post(SHARES, {"image_id": photo.image_id}).json()
    client = getattr(clients, who)
    for image_id in (photo.image_id, new_image_id()):
        problem(client.post(SHARES, {"image_id": image_id}), 404, "not_found")
        problem(client.post(SHARES, {"album_id": image_id}), 404, "not_found")
    assert client.get(SHARES).json() == {"results": []}
    for share_id in (share["share_id"], "0" * 64):
        problem(client.delete(f"{SHARES}/{share_id}"), 404, "not_found")
    assert clients.anonymous.get(share["url"]).status_code == 200


def test_the_anonymous_are_asked_who_they_are(clients: Cast, photo: Image) -> None:
    for answer in (
        clients.anonymous.get(SHARES),
        clients.anonymous.post(SHARES, {"image_id": photo.image_id}),
        clients.anonymous.delete(f"{SHARES}/{'0' * 64}"),
    ):
        problem(answer, 401, "not_authenticated")


@pytest.mark.parametrize("share_id", ["1", "\x00", "a" * 5000, "🌄", "' OR 1=1", "G" * 64, "٠" * 64])
def test_a_hostile_id_is_an_unknown_one(clients: Cast, share_id: str) -> None:
    problem(clients.owner.delete(f"{SHARES}/{quote(share_id, safe='')}"), 404, "not_found")


@pytest.mark.parametrize(
    "wrong", [{"days": 8}, {"days": "x"}, {"shown": ["gps"]}, {"album_id": "x"}, {"image_id": None}, {"secret": 1}]
)
def test_what_makes_no_sense_is_refused(clients: Cast, photo: Image, wrong: dict[str, Any]) -> None:
    problem(clients.owner.post(SHARES, {"image_id": photo.image_id, **wrong}), 400, "invalid")
    problem(clients.owner.post(SHARES, {}), 400, "invalid")


def test_what_is_not_ready_is_not_shared(clients: Cast, photo: Image) -> None:
    assert photo.change([Image.unfinished.set("3")], Image.image_id.exists())
    problem(clients.owner.post(SHARES, {"image_id": photo.image_id}), 409, "conflict")
