"""Pictures made in code: photo-like enough for codecs to behave, and different for every seed.

Photographs of people are not in the repository, but beside it or where PHOTOGRAPHS says. Without them tests skip.
"""

from __future__ import annotations

import io
import itertools
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image

_unseen = itertools.count(1_000_000)

BESIDE = Path(__file__).parents[3] / "shared" / "photos"
FACES = Path(os.environ.get("PHOTOGRAPHS", BESIDE)) / "faces"
with_photographs = pytest.mark.skipif(not FACES.is_dir(), reason=f"there are no photographs in {FACES}")


def unseen() -> int:
    """A seed that no other test has: the same picture, or one like it, would take over what was said of the first."""
    return next(_unseen)


def make_picture(width: int = 640, height: int = 480, *, seed: int = 0, mode: str = "RGB") -> Image.Image:
    """Soft shapes with a little grain."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (9, 12, 3), dtype=np.uint8)
    soft = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC), dtype=np.int16)
    grain = random.integers(-6, 7, (height, width, 1), dtype=np.int16)
    return Image.fromarray(np.clip(soft + grain, 0, 255).astype(np.uint8)).convert(mode)


def make_jpeg(width: int = 640, height: int = 480, *, seed: int = 0, quality: int = 90, **exif: Any) -> bytes:
    """A JPEG; keywords as in `make_exif`."""
    return encode(make_picture(width, height, seed=seed), "JPEG", quality=quality, exif=make_exif(**exif).tobytes())


def new_jpeg(width: int = 640, height: int = 480, **exif: Any) -> bytes:
    """One that no other test has."""
    return make_jpeg(width, height, seed=unseen(), **exif)


def make_png(width: int = 640, height: int = 480, *, seed: int = 0, mode: str = "RGB") -> bytes:
    return encode(make_picture(width, height, seed=seed, mode=mode), "PNG")


def make_gif(width: int = 64, height: int = 48, *, frames: int = 3) -> bytes:
    pictures = [make_picture(width, height, seed=number) for number in range(frames)]
    return encode(pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=80, loop=0)


def make_exif(
    *,
    make: str | None = None,
    model: str | None = None,
    lens: str | None = None,
    taken_at: str | None = None,
    offset: str | None = None,
    orientation: int | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
) -> Image.Exif:
    """`taken_at` as EXIF writes it: 2026:05:17 14:03:59. Coordinates in signed decimal degrees."""
    exif = Image.Exif()
    top = {ExifTags.Base.Make: make, ExifTags.Base.Model: model, ExifTags.Base.Orientation: orientation}
    exif.update({tag: value for tag, value in top.items() if value is not None})
    detail = {
        ExifTags.Base.DateTimeOriginal: taken_at,
        ExifTags.Base.OffsetTimeOriginal: offset,
        ExifTags.Base.LensModel: lens,
    }
    exif.get_ifd(ExifTags.IFD.Exif).update({tag: value for tag, value in detail.items() if value is not None})
    if latitude is not None and longitude is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(
            {
                ExifTags.GPS.GPSLatitudeRef: "N" if latitude >= 0 else "S",
                ExifTags.GPS.GPSLatitude: degrees_minutes_seconds(latitude),
                ExifTags.GPS.GPSLongitudeRef: "E" if longitude >= 0 else "W",
                ExifTags.GPS.GPSLongitude: degrees_minutes_seconds(longitude),
            }
        )
    return exif


def degrees_minutes_seconds(angle: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(round(abs(angle) * 3600, 4), 60)
    degrees, minutes = divmod(minutes, 60)
    return degrees, minutes, seconds


def encode(picture: Image.Image, format: str, **options: Any) -> bytes:  # noqa: A002 - Pillow's own word
    buffer = io.BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()
