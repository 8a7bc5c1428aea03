"""The same strings in what people name: albums, links, people and faces."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from media_pipeline.record.models import Image, new_image_id
from moderation.models.faces import MAX_NAME_LENGTH
from tests.api.problems import problem
from tests.support.hostile import HARMLESS, REFUSED, REFUSED_NAMES
from tests.support.people import Cast

ALBUMS, SHARES, PEOPLE, FACES = "/api/v1/albums", "/api/v1/shares", "/api/v1/people", "/api/v1/faces"


def said(client: Any, method: str, address: str, body: object) -> Any:
    """With lone surrogates as JSON writes them; the test client could not encode them itself."""
    return client.generic(method, address, json.dumps(body), "application/json")


@pytest.fixture
def album(clients: Cast) -> str:
    return f"{ALBUMS}/{clients.owner.post(ALBUMS, {'name': 'Summer'}).json()['album_id']}"


@pytest.fixture
def person(clients: Cast) -> str:
    return f"{PEOPLE}/{clients.owner.post(PEOPLE, {'name': 'Ann'}).json()['person_id']}"


@pytest.mark.parametrize("text", HARMLESS)
def test_names_come_back_as_people_wrote_them(clients: Cast, album: str, person: str, text: str) -> None:
    for collection, one in ((ALBUMS, album), (PEOPLE, person)):
        made = clients.owner.post(collection, {"name": text})
        assert (made.status_code, made.json()["name"]) == (201, text)
        assert clients.owner.patch(one, {"name": text}).json()["name"] == text
        assert [each["name"] for each in clients.owner.get(collection).json()["results"]] == [text, text]


@pytest.mark.parametrize("text", REFUSED, ids=REFUSED_NAMES)
def test_what_nobody_can_store_is_refused_by_name(clients: Cast, album: str, person: str, text: str) -> None:
    for method, address, field in (
        ("POST", ALBUMS, "name"),
        ("PATCH", album, "name"),
        ("PATCH", album, "cover"),
        ("POST", f"{album}/images", "image_ids"),
        ("PATCH", f"{album}/images/{new_image_id()}", "before"),
        ("POST", SHARES, "image_id"),
        ("POST", SHARES, "album_id"),
        ("POST", SHARES, "shown"),
        ("POST", PEOPLE, "name"),
        ("PATCH", person, "name"),
        ("PATCH", person, "feature"),
        ("POST", f"{person}/merge", "into"),
        ("POST", f"{FACES}/x/assign", "name"),
        ("POST", f"{FACES}/x/assign", "person_id"),
        ("POST", f"{FACES}/x/reject", "person_id"),
    ):
        value = [text] if field in {"image_ids", "shown"} else text
        body = problem(said(clients.owner, method, address, {field: value}), 400, "invalid")
        assert body["errors"][0]["field"].partition(".")[0] == field
        assert body["errors"][0]["detail"]
    assert [each["name"] for each in clients.owner.get(ALBUMS).json()["results"]] == ["Summer"]
    assert [each["name"] for each in clients.owner.get(PEOPLE).json()["results"]] == ["Ann"]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_id_is_an_unknown_one(
    clients: Cast, album: str, person: str, announce: Callable[..., Image], text: str
) -> None:
    short, image_id = text[:26], announce().image_id
    clients.owner.post(f"{album}/images", {"image_ids": [image_id]})
    calls = [
        ("patch", album, {"cover": short}, 400),
        ("patch", f"{album}/images/{image_id}", {"before": short}, 404),
        ("post", SHARES, {"image_id": short}, 404),
        ("post", SHARES, {"album_id": short}, 404),
        ("post", f"{person}/merge", {"into": short}, 404),
        ("patch", person, {"feature": short}, 404),
        ("post", f"{FACES}/{image_id}-1/assign", {"person_id": short}, 404),
    ]
    for method, address, body, status in calls:
        problem(getattr(clients.owner, method)(address, body), status, "invalid" if status == 400 else "not_found")
    assert clients.owner.post(f"{album}/images", {"image_ids": [short]}).json() == {"added": []}


@pytest.mark.parametrize("text", [*HARMLESS, "x" * 10_000, "a\x00b", "٠" * 26, "Z" * 26])
def test_a_hostile_id_in_an_address_is_an_unknown_one(clients: Cast, text: str) -> None:
    id_ = quote(text, safe="")
    for method, address, body in (
        ("get", f"{PEOPLE}/{id_}", None),
        ("patch", f"{PEOPLE}/{id_}", {"name": "Ann"}),
        ("delete", f"{PEOPLE}/{id_}", None),
        ("get", f"{PEOPLE}/{id_}/faces", None),
        ("post", f"{PEOPLE}/{id_}/merge", {"into": new_image_id()}),
        ("post", f"{FACES}/{id_}/assign", {"name": "Ann"}),
        ("post", f"{FACES}/{id_}/reject", {"person_id": new_image_id()}),
        ("delete", f"{FACES}/{id_}", None),
        ("get", f"/api/v1/images/{id_}/faces", None),
    ):
        problem(getattr(clients.owner, method)(address, body), 404, "not_found")


@pytest.mark.parametrize("text", [*HARMLESS, "x" * 10_000, "a\x00b"])
def test_no_text_in_a_parameter_breaks_a_list(clients: Cast, album: str, person: str, text: str) -> None:
    for address, name in (
        (ALBUMS, "cursor"),
        (ALBUMS, "page_size"),
        (f"{album}/images", "cursor"),
        (SHARES, "after"),
        (PEOPLE, "start"),
        (PEOPLE, "hidden"),
        (f"{person}/faces", "page_size"),
        (f"{FACES}/unidentified", "page_size"),
    ):
        body = problem(clients.owner.get(address, {name: text}), 400, "invalid")
        assert body["errors"][0]["field"] == name
    for address, name, longest in (
        (PEOPLE, "q", MAX_NAME_LENGTH),
        (f"{person}/faces", "after", 40),
        (f"{FACES}/unidentified", "after", 40),
    ):
        answer = clients.owner.get(address, {name: text})
        if len(text) > longest or "\x00" in text:
            problem(answer, 400, "invalid")
        else:
            assert answer.json()["results"] == []
