"""How much a reader would notice of a compression: SSIMULACRA2 in numpy, fast enough to steer an encoder with.

https://github.com/cloudinary/ssimulacra2 defines the metric: 108 terms over six scales. All but 25 of their weights are
zero or too small to move a score by a hundredth, so only those are computed; at full size luminance is all they need.
100 is the original itself, 90 cannot be told apart side by side, 70 is high quality, 50 medium.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.uint8]
Plane: TypeAlias = NDArray[np.float32]
Channel: TypeAlias = Literal["x", "y", "b"]  # of the XYB colour space: red-green, luminance, blue-yellow

MIN_SIDE = 16 * 6  # the last scale, a sixteenth, has to be wider than the reach of its blur


@dataclass(frozen=True, slots=True)
class _Term:
    scale: int
    channel: Channel
    kind: Literal["structure", "artefact", "lost_detail"]
    norm: Literal[1, 4]
    weight: float


_TERMS = (
    _Term(0, "y", "structure", 4, 7.466890328078848),
    _Term(0, "y", "lost_detail", 4, 17.445833984131262),
    _Term(1, "y", "structure", 4, 6.683678146179332),
    _Term(1, "y", "lost_detail", 4, 1.027889937768264),
    _Term(1, "x", "structure", 4, 1.1041726426657346),
    _Term(2, "y", "structure", 1, 225.20515300849274),
    _Term(2, "y", "structure", 4, 19.213238186143016),
    _Term(2, "x", "structure", 4, 1.8422455520539298),
    _Term(2, "x", "artefact", 4, 11.441172603757666),
    _Term(3, "y", "structure", 1, 176.39317598450694),
    _Term(3, "y", "structure", 4, 24.43300999870476),
    _Term(3, "y", "artefact", 4, 0.28520802612117757),
    _Term(3, "x", "structure", 4, 1.8787594979546387),
    _Term(3, "x", "artefact", 4, 10.94906990605142),
    _Term(3, "b", "structure", 4, 8.826982764996862),
    _Term(3, "b", "artefact", 4, 23.19243343998926),
    _Term(4, "y", "structure", 4, 34.77906344483772),
    _Term(4, "y", "artefact", 4, 44.835625328877896),
    _Term(4, "x", "artefact", 1, 0.9676937080626833),
    _Term(4, "x", "artefact", 4, 0.9981766977854967),
    _Term(4, "b", "structure", 1, 95.1080498811086),
    _Term(4, "b", "artefact", 1, 0.9863978034400682),
    _Term(4, "b", "artefact", 4, 171.2667255897307),
    _Term(4, "b", "lost_detail", 1, 0.9834382792465353),
    _Term(4, "b", "lost_detail", 4, 0.9807858872435379),
)
_TERMS_OF_CHANNEL = {
    (scale, channel): [term for term in _TERMS if (term.scale, term.channel) == (scale, channel)]
    for scale, channel in dict.fromkeys((term.scale, term.channel) for term in _TERMS)
}
_SCALES = 5
_BIAS = np.float32(0.0037930732552754493)
_BIAS_ROOT = np.cbrt(_BIAS)
_STABILISER = np.float32(0.0009)
_ABSORBANCE = np.array(
    [
        [0.30, 0.622, 0.078],
        [0.23, 0.692, 0.078],
        [0.24342268924547819, 0.20476744424496821, 0.5518098665095536],
    ],
    dtype=np.float32,
)
_LINEAR = np.array(
    [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.arange(256) / 255.0], dtype=np.float32
)
_REACH = 5
_GAUSSIAN = np.exp(-0.5 * (np.arange(-_REACH, 1) / 1.5) ** 2)
_KERNEL = (_GAUSSIAN / (2 * _GAUSSIAN[:-1].sum() + _GAUSSIAN[-1])).astype(np.float32)  # one half; it is symmetric


@dataclass(frozen=True, slots=True)
class _Blurred:
    """A channel at one scale with what every comparison needs of it."""

    plane: Plane
    mean: Plane
    variance: Plane


class Reference:
    """An original, or a stack of originals of one size, prepared once to compare others with.

    `samples` are height x width x 3 in sRGB, or number x height x width x 3; no side below MIN_SIDE.
    """

    def __init__(self, samples: Samples) -> None:
        if min(samples.shape[-3:-1]) < MIN_SIDE:
            raise ValueError(f"SSIMULACRA2 needs {MIN_SIDE} pixels a side, not {samples.shape[-3:-1]}")
        self._channels = {key: _blurred(plane) for key, plane in _planes(samples).items()}

    def score(self, samples: Samples) -> float:
        """SSIMULACRA2 of `samples`, of the original's shape; of a stack the mean."""
        planes = _planes(samples)
        error: Plane = np.zeros(samples.shape[:-3], dtype=np.float32)
        for key, terms in _TERMS_OF_CHANNEL.items():
            maps = _error_maps(self._channels[key], planes.pop(key))
            for term in terms:
                error = error + term.weight * _norm(maps[term.kind], term.norm)
        return float(_scores(error).mean())


def _scores(error: Plane) -> Plane:
    scaled = 0.9562382616834844 * error
    curved = 2.326765642916932 * scaled - 0.020884521182843837 * scaled**2 + 6.248496625763138e-05 * scaled**3
    return np.asarray(100.0 - 10.0 * np.maximum(curved, 0) ** 0.6276336467831387)


def _planes(samples: Samples) -> dict[tuple[int, Channel], Plane]:
    """The planes that the terms ask for, by scale and channel; scales halve linear light."""
    linear = [np.take(_LINEAR, samples[..., band]) for band in range(3)]
    planes: dict[tuple[int, Channel], Plane] = {}
    for scale in range(_SCALES):
        if scale:
            linear = [_halved(band) for band in linear]
        long, medium = _absorbed(linear, 0), _absorbed(linear, 1)
        luminance = (long + medium) * np.float32(0.5)
        planes[scale, "y"] = luminance + np.float32(0.01)
        if (scale, "x") in _TERMS_OF_CHANNEL:
            planes[scale, "x"] = (long - medium) * np.float32(7.0) + np.float32(0.42)
        if (scale, "b") in _TERMS_OF_CHANNEL:
            planes[scale, "b"] = _absorbed(linear, 2) - luminance + np.float32(0.55)
    return planes


def _absorbed(linear: list[Plane], cone: int) -> Plane:
    red, green, blue = _ABSORBANCE[cone]
    mixed: Plane = linear[0] * red
    mixed += linear[1] * green
    mixed += linear[2] * blue
    mixed += _BIAS
    np.cbrt(mixed, out=mixed)
    mixed -= _BIAS_ROOT
    return mixed


def _halved(plane: Plane) -> Plane:
    height, width = plane.shape[-2] // 2 * 2, plane.shape[-1] // 2 * 2
    whole = plane[..., :height, :width]
    rows = whole[..., ::2, :] + whole[..., 1::2, :]
    quarters: Plane = (rows[..., ::2] + rows[..., 1::2]) * np.float32(0.25)
    return quarters


def _blurred(plane: Plane) -> _Blurred:
    mean, of_squares = _blur(np.stack((plane, plane * plane)))
    return _Blurred(plane, mean, of_squares - mean * mean)


def _blur(plane: Plane) -> Plane:
    """A Gaussian of sigma 1.5, mirrored at the borders."""
    border = [(0, 0)] * (plane.ndim - 2) + [(_REACH, _REACH)] * 2
    return _blur_along(_blur_along(np.pad(plane, border, mode="reflect"), -2), -1)


def _blur_along(padded: Plane, axis: int) -> Plane:
    length = padded.shape[axis] - 2 * _REACH

    def shifted(tap: int) -> Plane:
        window = np.s_[tap : tap + length]
        return padded[..., window, :] if axis == -2 else padded[..., window]

    total: Plane = shifted(_REACH) * _KERNEL[_REACH]
    pair = np.empty_like(total)
    for tap in range(_REACH):
        np.add(shifted(tap), shifted(2 * _REACH - tap), out=pair)
        pair *= _KERNEL[tap]
        total += pair
    return total


def _error_maps(original: _Blurred, plane: Plane) -> dict[str, Plane]:
    mean, of_squares, of_products = _blur(np.stack((plane, plane * plane, plane * original.plane)))
    variance = of_squares - mean * mean
    covariance = of_products - mean * original.mean
    luminance = 1 - (original.mean - mean) ** 2
    structure = 1 - luminance * (2 * covariance + _STABILISER) / (original.variance + variance + _STABILISER)
    edges = (1 + np.abs(plane - mean)) / (1 + np.abs(original.plane - original.mean)) - 1
    return {
        "structure": np.maximum(structure, 0),
        "artefact": np.maximum(edges, 0),
        "lost_detail": np.maximum(-edges, 0),
    }


def _norm(errors: Plane, power: Literal[1, 4]) -> Plane:
    """Of each picture of the stack."""
    if power == 1:
        return np.asarray(errors.mean(axis=(-2, -1)))
    squares = errors * errors
    return np.asarray((squares * squares).mean(axis=(-2, -1)) ** 0.25, dtype=np.float32)
