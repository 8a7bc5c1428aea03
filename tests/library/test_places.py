"""Where a photo was taken: drawn on its page, and the way to others from around there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from media_pipeline.library import places
from media_pipeline.library.places import HEIGHT, TILE, WIDTH, place_of
from tests.library.finished import finish
from tests.support.people import Cast
from tests.support.pictures import make_jpeg

if TYPE_CHECKING:
    from media_pipeline.record.models import Image


@pytest.fixture
def tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "conf", replace(places.conf, map_tiles_url="https://tiles.example/{z}/{x}/{y}.png"))


def test_no_map_service_hears_of_a_photo_unless_one_was_named() -> None:
    place = place_of(47.37, -8.54)
    assert place.tiles == []
    assert (place.x, place.y) == pytest.approx((171.46, 42.63))
    assert place.shown == "47.37000° N, 8.54000° W"


@pytest.mark.usefixtures("tiles")
@pytest.mark.parametrize(("latitude", "longitude"), [(47.37, 8.54), (-33.9, 151.2), (0, 179.999), (0, -180)])
def test_tiles_cover_the_whole_map(latitude: float, longitude: float) -> None:
    found = place_of(latitude, longitude).tiles
    assert min(tile.x for tile in found) <= 0
    assert min(tile.y for tile in found) <= 0
    assert max(tile.x for tile in found) + TILE >= WIDTH
    assert max(tile.y for tile in found) + TILE >= HEIGHT
    for tile in found:
        numbers = re.fullmatch(r"https://tiles\.example/12/(\d+)/(\d+)\.png", tile.url)
        assert numbers
        assert all(int(number) < 2**12 for number in numbers.groups())


@pytest.mark.usefixtures("tiles")
def test_a_known_place_lies_on_its_tile() -> None:
    """Zürich, by the table at https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames: 2145, 1434 at zoom 12."""
    middle = next(
        tile
        for tile in place_of(47.3769, 8.5417).tiles
        if tile.x <= WIDTH / 2 < tile.x + TILE and tile.y <= HEIGHT / 2 < tile.y + TILE
    )
    assert middle.url == "https://tiles.example/12/2145/1434.png"


@pytest.mark.django_db
def test_the_page_of_a_photo_names_the_town(clients: Cast, announce: Callable[..., Image]) -> None:
    record = finish(announce("a.jpg"), make_jpeg(), latitude=64.14, longitude=-21.93, place="Reykjavík, Iceland")
    assert "Reykjavík, Iceland" in clients.owner.get(f"/photos/{record.image_id}").content.decode()


@pytest.mark.usefixtures("tiles")
@pytest.mark.parametrize("latitude", [90, -90])
def test_the_poles_have_a_page_as_well(latitude: float) -> None:
    assert place_of(latitude, 0).y in {0, 180}


@pytest.mark.django_db
def test_photos_from_around_there_are_found(clients: Cast, announce: Callable[..., Image]) -> None:
    from media_pipeline.search import terms
    from tests.support.uploads import reread

    places_of = {"here.jpg": (47.37, 8.54), "beside.jpg": (47.39, 8.50), "far.jpg": (46.9, 7.4)}
    jpeg = make_jpeg()
    for name, (latitude, longitude) in places_of.items():
        record = finish(announce(name), jpeg, latitude=latitude, longitude=longitude)
        terms.write(record.library, terms.found_terms(reread(record)), record.image_id)
    page = clients.owner.get("/?q=here").content.decode()
    (image_id,) = re.findall(r'id="tile-(\w{26})"', page)
    photo = clients.owner.get(f"/photos/{image_id}").content.decode()
    (address,) = re.findall(r'href="/\?(near=[^"]+)"', photo)
    found = clients.owner.get(f"/?{address}").content.decode()
    assert set(re.findall(r'alt="(\w+\.jpg)"', found)) == {"here.jpg", "beside.jpg"}
    assert "10 km around 47.37000° N, 8.54000° E" in found


@pytest.mark.django_db
@pytest.mark.parametrize("near", ["47", "north,south", "91,0", "0,181", "0,0,0", "0,0,501", "nan,0", "inf,0", "1,2,3x"])
def test_a_place_that_is_none_is_refused(clients: Cast, near: str) -> None:
    assert clients.owner.get("/", {"near": near}).status_code == 400
