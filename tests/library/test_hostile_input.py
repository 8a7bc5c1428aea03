"""Strings that break things elsewhere, in every field and address of the pages: understood, or refused in words."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any
from urllib.parse import quote

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.albums import albums
from media_pipeline.record.models import Image, new_image_id
from moderation.services.people import people
from tests.support.hostile import HARMLESS
from tests.support.people import Cast

pytestmark = [pytest.mark.usefixtures("aws"), pytest.mark.django_db]
TOO_MUCH = ["x" * 10_000, "a\x00b", "\x00", "\r\n\r\nSet-Cookie: a=b"]
ANSWERS = {200, 204, 302, 400, 404, 409}
SAID = re.compile(r"<main[^>]*>.*?<p>[A-Z][^<]{10,}\.</p>", re.DOTALL)


@pytest.fixture
def person_id(photo: Image) -> str:
    return str(people.create(Reader(photo.owner), photo.owner, "Ann").pk)


def is_answered(answer: Any, text: str) -> None:
    assert answer.status_code in ANSWERS
    assert not re.search(r"[\r\n]", "".join(answer.headers.values()))
    page = answer.content.decode()
    assert "<img src=x" not in page, "escaped wherever it is shown"
    if answer.status_code == 400:
        assert SAID.search(page) or page.endswith("."), text


@pytest.mark.parametrize("text", [*HARMLESS, *TOO_MUCH])
@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/", ["q", "tag", "label", "camera", "person", "near", "taken_after", "after", "before", "until", "shown"]),
        ("/trash", ["after", "before", "until", "shown"]),
        ("/tiles", ["tile"]),
        ("/photos/addresses", ["photo", "size"]),
        ("/albums/", ["after"]),
        ("/albums/names", ["q"]),
        ("/people/", ["q", "after", "hidden"]),
        ("/links", ["after"]),
        ("/settings", ["q"]),
    ],
)
def test_no_text_in_an_address_breaks_a_page(clients: Cast, path: str, names: list[str], text: str) -> None:
    for name in names:
        is_answered(clients.owner.get(path, {name: text}), text)
        is_answered(clients.owner.get(f"{path}?{name}=%ED%A0%80%FF"), text)


@pytest.mark.parametrize("text", [*HARMLESS, *TOO_MUCH])
def test_what_is_no_place_is_not_found(clients: Cast, album: str, text: str) -> None:
    id_ = quote(text, safe="")
    for path in (
        f"/albums/{id_}/",
        f"/albums/{album}/?after={id_}",
        f"/photos/{id_}",
        f"/s/{id_}",
        f"/people/{id_}",
    ):
        assert clients.owner.get(path).status_code == 404
    assert clients.owner.get(f"/people/groups/{id_}").status_code in {302, 404}


@pytest.mark.parametrize("text", [*HARMLESS, *TOO_MUCH])
def test_no_text_in_a_form_breaks_a_page(clients: Cast, photo: Image, album: str, person_id: str, text: str) -> None:
    image, own, person = f"/photos/{photo.image_id}", f"/albums/{album}", f"/people/{person_id}"
    one = {"photo": photo.image_id}
    for path, values in (
        ("/albums/", {"name": text}),
        (f"{own}/name", {"name": text}),
        (f"{own}/cover", {"photo": text}),
        (f"{own}/remove", {"photo": text}),
        (f"{own}/move", {**one, "before": text}),
        (f"{own}/move", {"photo": text}),
        (f"{own}/links", {"days": text, "shown": text}),
        (f"{image}/links", {"shown": text}),
        ("/links/revoke", {"link": text, "back": text}),
        ("/photos/album", {**one, "album": text}),
        ("/photos/tags", {**one, "add": text}),
        ("/photos/tags", {**one, "remove": text}),
        ("/photos/trash", {"photo": text}),
        ("/photos/restore", {"photo": text}),
        (f"{image}/title", {"title": text}),
        (f"{image}/tags", {"add": text}),
        (f"{person}/name", {"name": text}),
        (f"{person}/merge", {"into": text}),
        (f"{person}/wrong", {"face": text}),
        (f"/people/faces/{photo.image_id}-1", {"do": "name", "name": text}),
        (f"/people/groups/{new_image_id()}", {"name": text, "face": text}),
        ("/settings/consent", {"do": text}),
    ):
        for headers in ({}, {"HX-Request": "true"}):
            answer = clients.owner.post(path, values, headers=headers)
            assert answer.status_code in ANSWERS, path
            assert not re.search(r"[\r\n]", "".join(answer.headers.values()))
            if answer.status_code == 400:
                said = answer.content.decode()
                assert said.endswith(".") if headers else SAID.search(said), path
    for path in ("/", "/albums/", own, image, "/links", "/people/", person):
        page = clients.owner.get(path, follow=True)
        assert page.status_code == 200
        assert "<img src=x" not in page.content.decode()


@pytest.mark.parametrize("text", HARMLESS)
def test_names_are_shown_as_they_were_written(clients: Cast, photo: Image, album: str, text: str) -> None:
    clients.owner.post(f"/albums/{album}/name", {"name": text})
    clients.owner.post(f"/photos/{photo.image_id}/title", {"title": text})
    for path in ("/albums/", f"/albums/{album}/", f"/photos/{photo.image_id}", "/"):
        page = clients.owner.get(path).content.decode()
        assert text in unescape(page)
        assert escape(text, quote=True) in page.replace("&#39;", "&#x27;")


def test_nothing_of_what_is_refused_is_kept(clients: Cast, photo: Image, album: str) -> None:
    for text in TOO_MUCH[:1]:
        assert clients.owner.post(f"/albums/{album}/name", {"name": text}).status_code == 400
        assert clients.owner.post("/photos/album", {"photo": photo.image_id, "album": text}).status_code == 400
        assert clients.owner.post(f"/photos/{photo.image_id}/title", {"title": text}).status_code == 400
    assert [album.name for album in albums.listed(Reader(photo.owner))[0]] == ["Summer"]
