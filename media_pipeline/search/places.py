"""Where images were taken: cells of two sizes over the earth, so that any circle is a handful of them.

Rows have equal heights; each is cut into as many columns as make its cells about square, so that a circle takes no
more cells in Tromsø than in Quito.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

EARTH_RADIUS_KM = 6371.0
KM_PER_DEGREE = math.radians(EARTH_RADIUS_KM)
FINE, COARSE = 0.1, 2.0  # degrees: 11 and 222 km
MAX_KM = 500.0
FINE_UP_TO_KM = 25.0


@dataclass(frozen=True, slots=True)
class Near:
    """A circle; degrees, south and west negative."""

    latitude: float
    longitude: float
    km: float

    def holds(self, latitude: float, longitude: float) -> bool:
        return distance_km(self.latitude, self.longitude, latitude, longitude) <= self.km


def cells(latitude: float, longitude: float) -> set[str]:
    """The terms of a place: its cell of each size."""
    return {_term(step, *_cell(step, latitude, longitude)) for step in (FINE, COARSE)}


def covering(near: Near) -> tuple[str, ...]:
    """The terms of all cells that the circle may reach into: a few dozen at most."""
    step = FINE if near.km <= FINE_UP_TO_KM else COARSE
    reach = near.km / KM_PER_DEGREE
    south, north = _row(step, max(-90, near.latitude - reach)), _row(step, min(90, near.latitude + reach))
    return tuple(
        _term(step, row, column) for row in range(south, north + 1) for column in _columns_reached(step, row, near)
    )


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Along the great circle, by the haversine formula."""
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    across = math.radians(other_longitude - longitude)
    half = math.sin((other_phi - phi) / 2) ** 2 + math.cos(phi) * math.cos(other_phi) * math.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1, math.sqrt(half)))


def _columns_reached(step: float, row: int, near: Near) -> list[int]:
    columns = _columns(step, row)
    reach = near.km / KM_PER_DEGREE
    farthest = min(90, abs(near.latitude) + reach)  # from the equator, where the circle spans most degrees
    widest = reach / max(1e-9, math.cos(math.radians(farthest)))
    if widest >= 180:
        return list(range(columns))
    west = math.floor((near.longitude - widest + 180) / 360 * columns)
    east = math.floor((near.longitude + widest + 180) / 360 * columns)
    return sorted({column % columns for column in range(west, east + 1)})  # over the date line, and on


def _cell(step: float, latitude: float, longitude: float) -> tuple[int, int]:
    row = _row(step, latitude)
    columns = _columns(step, row)
    return row, math.floor((longitude + 180) / 360 * columns) % columns


def _row(step: float, latitude: float) -> int:
    return math.floor(latitude / step)


def _columns(step: float, row: int) -> int:
    return max(1, math.floor(360 / step * math.cos(math.radians(min(90, abs(row * step + step / 2))))))


def _term(step: float, row: int, column: int) -> str:
    return f"{'near' if step == FINE else 'region'}:{row},{column}"
