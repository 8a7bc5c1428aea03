from __future__ import annotations

import math
import random

import pytest

from media_pipeline.search.places import FINE_UP_TO_KM, MAX_KM, Near, cells, covering, distance_km

ZURICH, GENEVA = (47.3769, 8.5417), (46.2044, 6.1432)


def around(random_: random.Random, near: Near) -> tuple[float, float]:
    """A point within the circle, its edge included."""
    bearing, angle = random_.uniform(0, 2 * math.pi), near.km * random_.choice([1, random_.random()]) / 6371.0
    phi, away = math.radians(near.latitude), angle * 0.9999
    latitude = math.asin(math.sin(phi) * math.cos(away) + math.cos(phi) * math.sin(away) * math.cos(bearing))
    across = math.atan2(
        math.sin(bearing) * math.sin(away) * math.cos(phi), math.cos(away) - math.sin(phi) * math.sin(latitude)
    )
    return math.degrees(latitude), (near.longitude + math.degrees(across) + 180) % 360 - 180


def test_distances_are_those_on_the_map() -> None:
    assert distance_km(*ZURICH, *GENEVA) == pytest.approx(224, abs=1)
    assert distance_km(0, 179.9, 0, -179.9) == pytest.approx(22.2, abs=0.1)


def test_cells_cover_all_that_lies_in_a_circle() -> None:
    random_ = random.Random(7)  # noqa: S311 - reproducible
    for _ in range(3000):
        latitude = random_.choice([random_.uniform(-90, 90), 89.99, -90.0, 0.0])
        near = Near(latitude, random_.choice([random_.uniform(-180, 180), 180.0, -179.99]), random_.uniform(0.1, 500))
        point = around(random_, near)
        assert near.holds(*point)
        assert cells(*point) & set(covering(near)), (near, point)


@pytest.mark.parametrize("latitude", [0, 47, 70, 85])
@pytest.mark.parametrize("km", [0.1, FINE_UP_TO_KM, FINE_UP_TO_KM + 1, MAX_KM])
def test_a_circle_is_a_bounded_number_of_cells_anywhere(latitude: float, km: float) -> None:
    assert len(covering(Near(latitude, 179.9, km))) <= 100


def test_a_place_has_two_cells() -> None:
    assert len(cells(*ZURICH)) == len(cells(90, 180)) == 2
