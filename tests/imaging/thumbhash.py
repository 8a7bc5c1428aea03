"""A decoder of ThumbHash, after its format: https://evanw.github.io/thumbhash/"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def decoded(thumbhash: bytes, width: int = 32, height: int = 24) -> Floats:
    """(height, width, 4): red, green, blue and alpha of 0 to 1."""
    low, high = int.from_bytes(thumbhash[:3], "little"), int.from_bytes(thumbhash[3:5], "little")
    has_alpha, is_landscape = bool(low >> 23), bool(high >> 15)
    long, short = (5 if has_alpha else 7), max(3, high & 7)
    steps = _nibbles(thumbhash[6 if has_alpha else 5 :])
    size = (width, height)
    lightness = _channel(
        (low & 63) / 63, (low >> 18 & 31) / 31, (long, short)[:: 1 if is_landscape else -1], steps, size
    )
    p = _channel((low >> 6 & 63) / 31.5 - 1, (high >> 3 & 63) / 63 * 1.25, (3, 3), steps, size)
    q = _channel((low >> 12 & 63) / 31.5 - 1, (high >> 9 & 63) / 63 * 1.25, (3, 3), steps, size)
    alpha = np.ones_like(lightness)
    if has_alpha:
        alpha = _channel((thumbhash[5] & 15) / 15, (thumbhash[5] >> 4) / 15, (5, 5), steps, size)
    blue = lightness - 2 / 3 * p
    red = (3 * lightness - blue + q) / 2
    return np.clip(np.stack([red, red - q, blue, alpha], axis=-1), 0, 1)


def _nibbles(data: bytes) -> Iterator[float]:
    for byte in data:
        yield (byte & 15) / 7.5 - 1
        yield (byte >> 4) / 7.5 - 1


def _channel(
    mean: float, scale: float, waves: tuple[int, ...], steps: Iterator[float], size: tuple[int, int]
) -> Floats:
    across, down = waves
    x = np.pi * (np.arange(size[0]) + 0.5) / size[0]
    y = np.pi * (np.arange(size[1]) + 0.5) / size[1]
    shown = np.full(size[::-1], mean)
    for j in range(down):
        for i in range(0 if j else 1, across):
            if i * down < across * (down - j):
                shown += 2 * scale * next(steps) * np.outer(np.cos(j * y), np.cos(i * x))
    return shown
