"""ICC profiles written by hand, and the colour arithmetic that says what they should do.

https://www.color.org/specification/ICC1v43_2010-12.pdf
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_D50 = np.array([0.9642, 1.0, 0.8249])
_D65 = np.array([0.95047, 1.0, 1.08883])


@dataclass(frozen=True)
class Space:
    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]
    decode: Callable[[Floats], Floats]

    def to_xyz(self) -> Floats:
        primaries = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in (self.red, self.green, self.blue)]).T
        return primaries * np.linalg.solve(primaries, _D65)


def _srgb_decode(v: Floats) -> Floats:
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def _srgb_encode(v: Floats) -> Floats:
    return np.where(v <= 0.0031308, v * 12.92, 1.055 * np.maximum(v, 0) ** (1 / 2.4) - 0.055)


SRGB = Space((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), _srgb_decode)
DISPLAY_P3 = Space((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _srgb_decode)
ADOBE_RGB = Space((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), lambda v: v ** (563 / 256))


def expected_srgb(space: Space, colours: NDArray[np.uint8]) -> Floats:
    """Those colours of `space` as sRGB, clipped, 0..255."""
    linear = space.decode(colours.reshape(-1, 3) / 255.0) @ space.to_xyz().T @ np.linalg.inv(SRGB.to_xyz()).T
    return np.asarray(_srgb_encode(np.clip(linear, 0, 1)) * 255.0).reshape(colours.shape)


def rgb_profile(space: Space) -> bytes:
    to_d50 = np.linalg.inv(_BRADFORD) @ np.diag((_BRADFORD @ _D50) / (_BRADFORD @ _D65)) @ _BRADFORD
    colorants = to_d50 @ space.to_xyz()
    table = np.rint(space.decode(np.linspace(0, 1, 1024)) * 65535).astype(">u2").tobytes()
    curve = b"curv\0\0\0\0" + struct.pack(">I", 1024) + table
    tags = [(b"wtpt", _xyz(_D50))]
    tags += [(name, _xyz(colorants[:, i])) for i, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def cmyk_profile(lab_of_ink: Callable[[int, int, int, int], tuple[int, int, int]]) -> bytes:
    """A printer with two grid points a channel; `lab_of_ink` gives 8-bit Lab for every mix of full and no ink."""
    grid = [(c, m, y, k) for c in (0, 1) for m in (0, 1) for y in (0, 1) for k in (0, 1)]
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    ramp = bytes(range(256))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + identity + ramp * 4
    lut += b"".join(bytes(lab_of_ink(*ink)) for ink in grid) + ramp * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", [(b"wtpt", _xyz(_D50)), (b"A2B0", lut)])


def _xyz(values: Floats | Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(float(value) * 65536) for value in values))


def _profile(device: bytes, space: bytes, connection: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    text = b"a test's profile\0"
    described = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78)
    tags = [(b"desc", described), (b"cprt", b"text\0\0\0\0none\0"), *tags]
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags:
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = start + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"test", 0x02400000, device, space, connection)
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _xyz(_D50)[8:]
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
