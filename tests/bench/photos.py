"""The photographs to measure on: those of a folder, and mosaics of their pixels at the sizes of the goals."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from media_pipeline.errors import ImageError
from media_pipeline.imaging.opening import open_picture

_CAMERA_MEGAPIXELS = 7.5  # smaller ones are not what cameras make today
_SOURCE_MEGAPIXELS = 1.5
_MOSAICS = ((4000, 3000), (4608, 3456), (6000, 4000), (8000, 6000))
_CAMERA_QUALITY = 94


@dataclass(frozen=True, slots=True)
class Photo:
    path: Path
    megapixels: float


def gather(folder: Path | None, work: Path) -> list[Photo]:
    """JPEGs of 8 to 48 megapixels in `work`, of the photographs in `folder` or else of made-up scenery."""
    sources = _real(folder) if folder else [_scenery(seed) for seed in range(4)]
    if not sources:
        raise SystemExit(f"No photographs of {_SOURCE_MEGAPIXELS} megapixels or more in {folder}.")
    photos = []
    for number, source in enumerate(sources):
        if source.width * source.height >= _CAMERA_MEGAPIXELS * 1e6:
            photos.append(_written(source, work / f"photo-{number}.jpg"))
    for number, size in enumerate(_MOSAICS):
        order = sources[number % len(sources) :] + sources[: number % len(sources)]
        photos.append(_written(_mosaic(order, size), work / f"mosaic-{size[0] * size[1] // 1_000_000}mp.jpg"))
    return photos


def _real(folder: Path) -> list[Image.Image]:
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            picture = open_picture(path.read_bytes(), max_pixels=100_000_000)
            if picture.width * picture.height >= _SOURCE_MEGAPIXELS * 1e6:
                found.append(picture.decode().convert("RGB"))
        except ImageError:
            continue
    return sorted(found, key=lambda picture: -picture.width * picture.height)


def _scenery(seed: int) -> Image.Image:
    """Smooth light, edges and sensor noise: nearer to a photograph than plain noise, if no substitute for one."""
    random = np.random.default_rng(seed)
    layers = np.zeros((2448, 3264, 3), dtype=np.float32)
    for cells, weight in ((4, 0.5), (32, 0.25), (256, 0.15)):
        coarse = random.integers(0, 256, (cells * 3 // 4, cells, 3), dtype=np.uint8)
        layers += weight * np.asarray(Image.fromarray(coarse).resize((3264, 2448), Image.Resampling.BICUBIC))
    return Image.fromarray(np.clip(layers + random.normal(12, 2.5, layers.shape), 0, 255).astype(np.uint8))


def _mosaic(sources: list[Image.Image], size: tuple[int, int]) -> Image.Image:
    mosaic = Image.new("RGB", size)
    tiles = itertools.cycle(sources)
    top = 0
    while top < size[1]:
        left, height = 0, size[1]
        while left < size[0]:
            tile = next(tiles)
            mosaic.paste(tile, (left, top))
            left += tile.width
            height = min(height, tile.height)
        top += height
    return mosaic


def _written(picture: Image.Image, path: Path) -> Photo:
    """As a camera writes it: baseline, 4:2:0, high quality, no metadata that would turn it."""
    picture.save(path, "JPEG", quality=_CAMERA_QUALITY)
    return Photo(path, picture.width * picture.height / 1e6)
