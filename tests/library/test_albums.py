"""The pages of albums: what their owner does there with and without a script, and that nobody else gets in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse

from media_pipeline.access.readers import Reader
from media_pipeline.albums import albums, places
from media_pipeline.images import use_cases
from media_pipeline.library import albums as pages
from media_pipeline.record.models import Image, new_image_id
from tests.library.answers import HTMX, text
from tests.support import hooks
from tests.support.people import Cast

pytestmark = [pytest.mark.usefixtures("aws"), pytest.mark.django_db]


def told(answer: HttpResponse, event: str) -> dict[str, object]:
    detail: dict[str, object] = json.loads(answer["HX-Trigger"])[f"darkroom:{event}"]
    return detail


def tiles(page: str) -> list[str]:
    return re.findall(r'id="tile-(\w+)"', page)


@pytest.fixture
def ids(announce: Callable[..., Image]) -> list[str]:
    return [announce(f"{number}.jpg").image_id for number in range(3)]


@pytest.fixture
def album(clients: Cast, owner: Reader, ids: list[str]) -> str:
    made = albums.create(owner, "Summer <b>2026</b>")
    albums.add(owner, made.album_id, ids)
    return str(made.album_id)


@pytest.mark.parametrize("who", ["stranger", "moderator"])
def test_the_pages_of_an_album_are_its_owners(
    clients: Cast, owner: Reader, album: str, ids: list[str], who: str
) -> None:
    client = getattr(clients, who)
    for album_id in (album, new_image_id()):
        assert client.get(f"/albums/{album_id}/").status_code == 404
        for change in ("name", "delete", "cover", "remove", "move"):
            sent = {"name": "Mine", "photo": ids[0], "before": ids[1]}
            assert client.post(f"/albums/{album_id}/{change}", sent).status_code == 404
    assert "Summer" not in text(client.get("/albums/")) + text(client.get("/albums/names"))
    assert tiles(text(clients.owner.get(f"/albums/{album}/"))) == ids


def test_anonymous_people_are_sent_to_sign_in(clients: Cast, album: str, ids: list[str]) -> None:
    for path in ("/albums/", "/albums/names", f"/albums/{album}/", "/links"):
        assert clients.anonymous.get(path).status_code == 302
    for path in (f"/albums/{album}/{change}" for change in ("name", "delete", "cover", "remove", "move")):
        assert clients.anonymous.post(path, {"photo": ids[0]}).status_code == 302
    assert tiles(text(clients.owner.get(f"/albums/{album}/"))) == ids


@pytest.mark.parametrize("path", ["/albums/x/", "/albums/?after=x", "/albums/" + "a" * 3000 + "/"])
def test_hostile_addresses_lead_nowhere(clients: Cast, path: str) -> None:
    assert clients.owner.get(path).status_code == 404


@pytest.mark.parametrize("after", ["x", "A.B", "' OR 1=1", "\x00", "0" * 5000])
def test_a_place_that_nobody_was_given_is_none(clients: Cast, album: str, after: str) -> None:
    assert clients.owner.get(f"/albums/{album}/", {"after": after}).status_code == 404


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "\x00"])
def test_a_name_that_is_none_is_refused(clients: Cast, name: str) -> None:
    assert clients.owner.post("/albums/", {"name": name}).status_code == 400
    assert clients.owner.post("/photos/album", {"album": name, "photo": new_image_id()}).status_code == 400


def test_names_are_text_and_never_markup(clients: Cast, album: str) -> None:
    for path in ("/albums/", f"/albums/{album}/", "/albums/names", f"/albums/{album}/links"):
        assert "<b>2026" not in clients.owner.get(path).content.decode()


def test_an_album_is_made_named_and_deleted_without_a_script(clients: Cast) -> None:
    made = clients.owner.post("/albums/", {"name": "Sea"})
    page = text(clients.owner.get(made["Location"]))
    assert "No photos in this album" in page
    clients.owner.post(f"{made['Location']}name", {"name": "Ocean"})
    assert "Ocean" in text(clients.owner.get("/albums/"))
    gone = text(clients.owner.post(f"{made['Location']}delete", follow=True))
    assert "The album “Ocean” is deleted." in gone
    assert clients.owner.get(made["Location"]).status_code == 404


def test_what_was_chosen_goes_into_an_album_by_its_name(clients: Cast, owner: Reader, ids: list[str]) -> None:
    """Or into a new one."""
    first = clients.owner.post("/photos/album", {"album": "Café", "photo": ids[:2]}, headers=HTMX)
    assert told(first, "filed") == {"ids": ids[:2], "sentence": "2 photos are in “Café”."}
    again = clients.owner.post("/photos/album", {"album": " CAFE ", "photo": ids}, headers=HTMX)
    assert told(again, "filed")["sentence"] == "1 photo is in “Café”."
    same = clients.owner.post("/photos/album", {"album": "café", "photo": ids}, headers=HTMX)
    assert told(same, "filed")["sentence"] == "They are in “Café” already."
    [album] = albums.listed(owner)[0]
    assert [record.image_id for record in places.contents(album, size=9).images] == ids


def test_photos_are_moved_taken_out_and_made_the_cover(clients: Cast, album: str, ids: list[str]) -> None:
    moved = clients.owner.post(f"/albums/{album}/move", {"photo": ids[2], "before": ids[0]}, headers=HTMX)
    assert moved.status_code == 204
    clients.owner.post(f"/albums/{album}/move", {"photo": ids[0], "before": ""})
    assert tiles(text(clients.owner.get(f"/albums/{album}/"))) == [ids[2], ids[1], ids[0]]
    assert clients.owner.post(f"/albums/{album}/cover", {"photo": ids[:2]}).status_code == 400
    told(clients.owner.post(f"/albums/{album}/cover", {"photo": ids[1]}, headers=HTMX), "filed")
    out = clients.owner.post(f"/albums/{album}/remove", {"photo": ids[1:]}, headers=HTMX)
    assert told(out, "unfiled") == {"ids": ids[1:], "sentence": "2 photos are out of the album."}
    page = text(clients.owner.post(f"/albums/{album}/remove", {"photo": ids[0]}, follow=True))
    assert "1 photo is out of the album." in page
    assert tiles(page) == []


def test_an_album_loads_on_as_one_scrolls(
    clients: Cast, album: str, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_SIZE", 2)
    first = text(clients.owner.get(f"/albums/{album}/"))
    [further] = re.findall(r'hx-get="(\?[^"]+)"', first.partition('class="more"')[2])
    rest = text(clients.owner.get(f"/albums/{album}/{further}", headers=HTMX))
    assert (tiles(first), tiles(rest)) == (ids[:2], ids[2:])


def test_a_cover_that_nobody_should_see_is_not_shown(clients: Cast, owner: Reader, photo: Image) -> None:
    album = albums.create(owner, "One")
    albums.add(owner, album.album_id, [photo.image_id])
    assert f"/{photo.image_id}.jpg" in text(clients.owner.get("/albums/"))
    use_cases.delete(owner, photo.image_id)
    page = text(clients.owner.get("/albums/"))
    assert photo.image_id not in page
    assert "One" in page


def test_the_overview_asks_little_of_the_database(clients: Cast, owner: Reader, photo: Image) -> None:
    for name in ("One", "Two", "Three"):
        albums.add(owner, albums.create(owner, name).album_id, [photo.image_id])
    with hooks.counted_calls() as calls:
        clients.owner.get("/albums/")
    assert calls == {"dynamodb.Query": 2, "dynamodb.BatchGetItem": 2}
