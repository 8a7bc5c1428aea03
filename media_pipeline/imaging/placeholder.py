"""What a page paints before any byte of an image arrives: a ThumbHash (some 25 bytes) and the dominant colour.

https://evanw.github.io/thumbhash/
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from media_pipeline.imaging.encoders import flattened
from media_pipeline.imaging.geometry import fit_inside

Floats: TypeAlias = NDArray[np.float64]

_LONG_SIDE = 64  # the hash keeps seven waves across; 100 is the most that its definition allows
_COLOURS = 8


@dataclass(frozen=True, slots=True)
class Placeholder:
    thumbhash: str  # base64
    colour: str  # #rrggbb


@dataclass(frozen=True, slots=True)
class _Waves:
    """A channel as a few cosine waves: their mean, the others as 0..1, and the largest amplitude that 1 stands for."""

    mean: float
    others: list[float]
    scale: float


def placeholder(pixels: Image.Image) -> Placeholder:
    """Of a picture of any size, quickest of a thumbnail."""
    small = pixels.resize(fit_inside(pixels.size, (_LONG_SIDE, _LONG_SIDE)), Image.Resampling.BOX, reducing_gap=2.0)
    return Placeholder(base64.b64encode(thumbhash(small)).decode("ascii"), dominant_colour(small))


def dominant_colour(small: Image.Image) -> str:
    """The commonest of eight colours that stand for the picture; what shows through counts as white."""
    reduced = flattened(small).quantize(_COLOURS, Image.Quantize.MEDIANCUT)
    counted = reduced.getcolors() or []
    index = max(counted)[1]
    palette = reduced.getpalette() or []
    return "#{:02x}{:02x}{:02x}".format(*palette[3 * int(index) : 3 * int(index) + 3])  # type: ignore[call-overload]


def thumbhash(small: Image.Image) -> bytes:
    """The ThumbHash of a picture of at most 100 pixels a side."""
    width, height = small.size
    rgba = np.asarray(small.convert("RGBA"), dtype=np.float64) / 255
    alpha = rgba[..., 3]
    has_alpha = bool(alpha.min() < 1)
    most = 5 if has_alpha else 7  # fewer waves of light leave room for those of alpha
    across = max(1, _round(most * width / max(width, height)))
    down = max(1, _round(most * height / max(width, height)))

    red, green, blue = _over_their_average(rgba)
    light = _waves((red + green + blue) / 3, max(3, across), max(3, down))
    yellow_blue = _waves((red + green) / 2 - blue, 3, 3)
    red_green = _waves(red - green, 3, 3)
    landscape = width > height

    head = (
        _round(63 * light.mean)
        | _round(31.5 + 31.5 * yellow_blue.mean) << 6
        | _round(31.5 + 31.5 * red_green.mean) << 12
        | _round(31 * light.scale) << 18
        | has_alpha << 23
        | (down if landscape else across) << 24
        | _round(63 * yellow_blue.scale) << 27
        | _round(63 * red_green.scale) << 33
        | landscape << 39
    )
    hashed = head.to_bytes(5, "little")
    nibbles = [*light.others, *yellow_blue.others, *red_green.others]
    if has_alpha:
        veil = _waves(alpha, 5, 5)
        hashed += bytes([_round(15 * veil.mean) | _round(15 * veil.scale) << 4])
        nibbles += veil.others
    quantised = [_round(15 * value) for value in nibbles] + [0]
    return hashed + bytes(low | high << 4 for low, high in zip(quantised[::2], quantised[1::2], strict=False))


def _over_their_average(rgba: Floats) -> tuple[Floats, Floats, Floats]:
    """The colours as they look over the picture's own average, so that transparency adds no edges of its own."""
    alpha = rgba[..., 3:]
    opaque = float(alpha.sum())
    average = (rgba[..., :3] * alpha).sum(axis=(0, 1)) / opaque if opaque else np.zeros(3)
    shown = rgba[..., :3] * alpha + average * (1 - alpha)
    return shown[..., 0], shown[..., 1], shown[..., 2]


def _waves(channel: Floats, across: int, down: int) -> _Waves:
    """The discrete cosine transform, its lowest triangle of `across` x `down` frequencies, row by row."""
    height, width = channel.shape
    amplitudes = _cosines(down, height) @ channel @ _cosines(across, width).T / (width * height)
    kept = [float(amplitudes[y, x]) for y in range(down) for x in range(across) if x * down < across * (down - y)]
    mean, others = kept[0], kept[1:]
    scale = max(map(abs, others))
    return _Waves(mean, [0.5 + 0.5 * value / scale for value in others] if scale else others, scale)


def _cosines(frequencies: int, length: int) -> Floats:
    return np.asarray(np.cos(np.pi / length * np.outer(np.arange(frequencies), np.arange(length) + 0.5)))


def _round(value: float) -> int:
    """Half up, as the definition's own language rounds."""
    return int(value + 0.5)
