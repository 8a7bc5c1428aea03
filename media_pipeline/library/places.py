"""Where a photo was taken: a dot on the lines of the globe, or on a map where somebody configured whose tiles to show.

No map service hears of anybody's photos unless `DARKROOM_MAP_TILES_URL` names one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from urllib.parse import urlencode

from media_pipeline.conf import conf
from media_pipeline.library import wording

TILE, WIDTH, HEIGHT = 256, 320, 160  # pixels
ZOOM = 12
NEAR_KM = 10
NORTHERNMOST = 85.0511  # where Web Mercator ends


@dataclass(frozen=True, slots=True)
class MapTile:
    url: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Place:
    name: str  # town and country, "" where none is near
    shown: str
    near: str  # the search for photos around it
    link: str  # to the place on OpenStreetMap, for whoever follows it
    x: float  # the dot, on a globe of 360 by 180
    y: float
    tiles: list[MapTile]


def place_of(latitude: float, longitude: float, name: str = "") -> Place:
    pin = {"mlat": f"{latitude:.5f}", "mlon": f"{longitude:.5f}"}
    return Place(
        name=name,
        shown=wording.place(latitude, longitude),
        near=urlencode({"near": f"{latitude:.4f},{longitude:.4f},{NEAR_KM}"}),
        link=f"https://www.openstreetmap.org/?{urlencode(pin)}#map=13/{latitude:.5f}/{longitude:.5f}",
        x=longitude + 180,
        y=90 - latitude,
        tiles=_tiles(latitude, longitude) if conf.map_tiles_url else [],
    )


def _tiles(latitude: float, longitude: float) -> list[MapTile]:
    """Those that cover a view with the place in its middle.
    https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames"""
    across = 2**ZOOM
    phi = math.radians(max(-NORTHERNMOST, min(NORTHERNMOST, latitude)))
    left = (longitude + 180) / 360 * across * TILE - WIDTH / 2
    top = (1 - math.asinh(math.tan(phi)) / math.pi) / 2 * across * TILE - HEIGHT / 2
    return [
        MapTile(_tile_url(column % across, row), column * TILE - left, row * TILE - top)
        for row in range(math.floor(top / TILE), math.floor((top + HEIGHT) / TILE) + 1)
        for column in range(math.floor(left / TILE), math.floor((left + WIDTH) / TILE) + 1)
        if 0 <= row < across
    ]


def _tile_url(column: int, row: int) -> str:
    return conf.map_tiles_url.replace("{z}", str(ZOOM)).replace("{x}", str(column)).replace("{y}", str(row))
