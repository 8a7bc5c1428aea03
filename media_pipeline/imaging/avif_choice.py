"""An AVIF whose quality is chosen for each picture: as good as the WebP it stands in for, and clearly smaller.

One quality for all will not do: at 66 the AVIF is on average as good as a WebP of 85, but up to six SSIMULACRA2 points
better or worse. So a sheet of sampled tiles is encoded as WebP and, twice, as AVIF, and the quality interpolated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

from media_pipeline.imaging.encoders import encode_avif, encode_webp, flattened
from media_pipeline.imaging.quality import Reference, Samples

_TILE = 128  # many small tiles judge a picture better than a few large ones of the same area: half the deviation
_SEAM = 16  # of a tile's border are not scored: colours of its neighbour on the sheet bleed into the last macroblock
_PIXELS_A_TILE = 600_000
_FEWEST_TILES, _MAX_TILES = 12, 32
_SMALLER_BY = 0.10
# Sheets promise up to a tenth too much of pictures below 5 megapixels, whose AVIFs save less to begin with.
_SMALL_PIXELS, _SMALL_SMALLER_BY = 5_000_000, 0.15
_AVIF_CONTAINER, _WEBP_CONTAINER = 280, 40  # bytes that weigh on a sheet and not on a picture
_FIRST_QUALITY = 66
_QUALITIES = (35, 88)
_TYPICAL_SLOPE = 0.5  # SSIMULACRA2 points a step of quality; large photos have 0.35, small ones 0.9
_SLOPES = (0.25, 1.2)
# The libaom encoder takes 28 bytes a pixel; a 48-megapixel picture would need 1.3 GB.
_MAX_PIXELS = 24_500_000


@dataclass(frozen=True, slots=True)
class _Try:
    quality: float
    score: float
    coded_bytes: int


def choose_avif(
    pixels: Image.Image, webp: bytes | None = None, *, webp_quality: int = 85, webp_method: int = 4
) -> bytes | None:
    """The AVIF of `pixels`, or None where it is not at least a tenth smaller than the WebP at the same quality.

    `webp` is that WebP when it exists already; without it, its size is judged by the sampled tiles, so that an AVIF
    can take its place without a WebP ever being made. None also below 128 pixels a side and above 24.5 megapixels.
    """
    if min(pixels.size) < _TILE or pixels.width * pixels.height > _MAX_PIXELS:
        return None
    sheet = _Sheet(pixels)
    target = sheet.measured(encode_webp(sheet.image, quality=webp_quality, method=webp_method), quality=webp_quality)
    chosen = _search(sheet, target.score)
    if chosen is None or _saving(chosen, target) < _promise(pixels):
        return None
    avif = encode_avif(pixels, quality=math.ceil(chosen.quality))
    return avif if webp is None or len(avif) <= (1 - _SMALLER_BY) * len(webp) else None


def _saving(avif: _Try, webp: _Try) -> float:
    return 1 - (avif.coded_bytes - _AVIF_CONTAINER) / (webp.coded_bytes - _WEBP_CONTAINER)


def _promise(pixels: Image.Image) -> float:
    """What the sheet has to save for the picture to save a tenth."""
    return _SMALL_SMALLER_BY if pixels.width * pixels.height < _SMALL_PIXELS else _SMALLER_BY


class _Sheet:
    """Tiles of a picture below each other, encoded as one image but scored one by one and without seams.

    AVIF does a little worse on sheets than on pictures, which errs on the right side: 17 photographs and mosaics came
    out from half a point below to five points above their WebP.
    """

    def __init__(self, pixels: Image.Image) -> None:
        tiles = [pixels.crop((x, y, x + _TILE, y + _TILE)) for x, y in _places(pixels.size)]
        self.image = Image.new(pixels.mode, (_TILE, _TILE * len(tiles)))
        for row, tile in enumerate(tiles):
            self.image.paste(tile, (0, row * _TILE))
        self._reference = Reference(_stack(self.image))

    def measured(self, coded: bytes, *, quality: float) -> _Try:
        with Image.open(BytesIO(coded)) as image:
            return _Try(quality, self._reference.score(_stack(image.convert(self.image.mode))), len(coded))

    def as_avif(self, quality: float) -> _Try:
        return self.measured(encode_avif(self.image, quality=round(quality)), quality=round(quality))


def _stack(sheet: Image.Image) -> Samples:
    tiles = np.asarray(flattened(sheet)).reshape(-1, _TILE, _TILE, 3)
    return np.ascontiguousarray(tiles[:, _SEAM:-_SEAM, _SEAM:-_SEAM])


def _places(size: tuple[int, int]) -> list[tuple[int, int]]:
    """Corners of tiles spread evenly without a rhythm that a picture could share (the R2 sequence).

    http://extremelearning.com.au/unreasonable-effectiveness-of-quasirandom-sequences/
    """
    width, height = size
    count = min(max(width * height // _PIXELS_A_TILE, _FEWEST_TILES), _MAX_TILES)
    places = []
    for n in range(count):
        across, down = (0.5 + n * 0.7548776662) % 1, (0.5 + n * 0.5698402910) % 1
        # On the grid of macroblocks, where the JPEG that it most likely was has its own blocks.
        places.append((int(across * (width - _TILE)) & ~15, int(down * (height - _TILE)) & ~15))
    return places


def _search(sheet: _Sheet, target: float) -> _Try | None:
    """The quality at which the sheet scores `target`, with the bytes it would take; None when no quality reaches it."""
    first = sheet.as_avif(_FIRST_QUALITY)
    step = (target - first.score) / _TYPICAL_SLOPE
    second = sheet.as_avif(_clamped(_FIRST_QUALITY + (step if abs(step) >= 2 else math.copysign(2, step))))
    slope = (second.score - first.score) / (second.quality - first.quality)
    wanted = second.quality + (target - second.score) / min(max(slope, _SLOPES[0]), _SLOPES[1])
    quality = _clamped(wanted)
    if quality < wanted:
        return None
    growth = math.log(second.coded_bytes / first.coded_bytes) / (second.quality - first.quality)
    return _Try(quality, target, round(second.coded_bytes * math.exp(growth * (quality - second.quality))))


def _clamped(quality: float) -> float:
    return min(max(quality, _QUALITIES[0]), _QUALITIES[1])
