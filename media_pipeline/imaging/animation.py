"""An animation as an animated WebP at web size, of a bounded number of frames."""

from __future__ import annotations

import math
from collections.abc import Iterator
from io import BytesIO

from PIL import Image

from media_pipeline.errors import OutputImpossibleError
from media_pipeline.imaging.colour import to_srgb
from media_pipeline.imaging.damage import reported_as
from media_pipeline.imaging.formats import read_header
from media_pipeline.imaging.geometry import fit_inside
from media_pipeline.imaging.opening import Picture

# Every frame is decoded, kept or not: these end an animation early that would take minutes or gigabytes.
_MAX_DECODED_PIXELS = 600_000_000
_MAX_KEPT_PIXELS = 40_000_000
_DEFAULT_DURATION = 100  # milliseconds, what browsers make of a GIF's 0 and 10


def animated_webp(
    picture: Picture, *, long_side: int = 640, max_frames: int = 150, quality: int = 75, method: int = 2
) -> bytes:
    """`picture` inside a square of `long_side`; with more frames than `max_frames`, every second, third … stays.

    The pace stays that of the original. Raises OutputImpossibleError for a still picture, DamagedImageError for a
    broken one.
    """
    if picture.frames < 2:
        raise OutputImpossibleError("The image is not an animation.")
    width, height = fit_inside((picture.width, picture.height), (long_side, long_side))
    decoded = min(picture.frames, max(1, _MAX_DECODED_PIXELS // (picture.width * picture.height)))
    most = max(1, min(max_frames, _MAX_KEPT_PIXELS // (width * height)))
    step = math.ceil(decoded / most)
    kept: list[Image.Image] = []
    durations: list[int] = []
    with reported_as(f"This animated {picture.format.upper()} is damaged: a frame could not be read."):
        for number, (frame, duration) in enumerate(_frames(picture, decoded)):
            if number % step == 0:
                kept.append(to_srgb(frame).resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0))
                durations.append(0)
            durations[-1] += duration
    sink = BytesIO()
    first, *others = kept
    first.save(
        sink, "WEBP", save_all=True, append_images=others, duration=durations, loop=0, quality=quality, method=method
    )
    return sink.getvalue()


def _frames(picture: Picture, count: int) -> Iterator[tuple[Image.Image, int]]:
    """The first `count` frames as they are shown, upright or not as stored, each with its milliseconds.

    A file that ends early, after a frame or more, is an animation that ends early.
    """
    image = read_header(picture.data, picture.format)
    for number in range(count):
        try:
            image.seek(number)
            image.load()
        except EOFError:
            if number == 0:
                raise
            return
        duration = round(image.info.get("duration") or 0)
        yield image.copy(), duration if duration > 10 else _DEFAULT_DURATION
