"""Pixels to files: one function a format. What comes out carries no metadata; sRGB is every reader's default."""

from __future__ import annotations

import logging
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from media_pipeline.errors import OutputImpossibleError
from media_pipeline.imaging.geometry import Size

try:  # jpegli: 4 % fewer bytes than mozjpeg at its quality for a sixth of its time; no wheels for every platform
    import ajpegli
except ImportError:  # pragma: no cover - depends on the machine
    ajpegli = None  # type: ignore[assignment]

logger = logging.getLogger(__name__)

_JPEG_LIMIT = 65_500  # libjpeg's JPEG_MAX_DIMENSION
_WEBP_LIMIT = 16_383  # https://developers.google.com/speed/webp/faq
# VP8 keeps the modes of all macroblocks in a partition of at most 512 KB. What methods 3 and above choose for detailed
# pictures of 35 megapixels and more does not go in, and libwebp starts over with fewer modes, up to nine times; method
# 2 takes an eighth of that time and 9 % more bytes.
_WEBP_THOROUGH_PIXELS = 32_000_000
_WEBP_LARGE_METHOD = 2
_AVIF_LIMIT = 32_768  # libavif refuses to read back more
_AVIF_TUNING = {"disable-trellis-quant": "1"}  # at equal SSIMULACRA2 15 % less time and 1 % fewer bytes
_JPEGLI_SCANS = 1  # more scans cost a fifth more time and save nothing
_ROWS_AT_A_TIME = 512


def encode_jpeg(pixels: Image.Image, *, quality: int, progressive: bool = True) -> bytes:
    """A 4:2:0 JPEG; transparency lies on white. Raises OutputImpossibleError above 65500 pixels a side."""
    _check_side(pixels.size, _JPEG_LIMIT, "JPEG")
    opaque = flattened(pixels)
    if ajpegli is not None:
        try:
            encoded: bytes = ajpegli.encode(
                _samples(opaque), quality=quality, progressive=_JPEGLI_SCANS if progressive else 0
            )
        except ajpegli.AjpegliError:
            logger.warning("jpegli failed on %d x %d pixels; using Pillow", *pixels.size, exc_info=True)
        else:
            return encoded
    return _save(opaque, "JPEG", quality=quality, progressive=progressive, optimize=True)


def encode_webp(pixels: Image.Image, *, quality: int, method: int) -> bytes:
    """A lossy WebP with its transparency; method 2 at most above 32 megapixels.

    Raises OutputImpossibleError above 16383 pixels a side.
    """
    _check_side(pixels.size, _WEBP_LIMIT, "WebP")
    if pixels.width * pixels.height > _WEBP_THOROUGH_PIXELS:
        method = min(method, _WEBP_LARGE_METHOD)
    return _save(pixels, "WEBP", quality=quality, method=method)


def encode_avif(pixels: Image.Image, *, quality: int, speed: int = 10) -> bytes:
    """A 4:2:0 AVIF with its transparency, on one thread: an invocation shares its cores among stages."""
    _check_side(pixels.size, _AVIF_LIMIT, "AVIF")
    return _save(pixels, "AVIF", quality=quality, speed=speed, max_threads=1, codec="aom", advanced=_AVIF_TUNING)


def encode_png(pixels: Image.Image) -> bytes:
    return _save(pixels, "PNG", compress_level=6)


def flattened(pixels: Image.Image) -> Image.Image:
    """`pixels` without an alpha channel, on white; the same object when there is none."""
    if pixels.mode != "RGBA":
        return pixels
    page = Image.new("RGB", pixels.size, (255, 255, 255))
    page.paste(pixels, mask=pixels.getchannel("A"))
    return page


def _samples(pixels: Image.Image) -> NDArray[np.uint8]:
    """The samples as height x width x 3, copied in bands: Pillow's own export holds two copies at its peak."""
    width, height = pixels.size
    samples = np.empty((height, width, 3), dtype=np.uint8)
    for top in range(0, height, _ROWS_AT_A_TIME):
        bottom = min(top + _ROWS_AT_A_TIME, height)
        samples[top:bottom] = np.asarray(pixels.crop((0, top, width, bottom)))
    return samples


def _check_side(size: Size, limit: int, name: str) -> None:
    if max(size) > limit:
        raise OutputImpossibleError(
            f"{name} ends at {limit} pixels a side; this image is {size[0]} × {size[1]}. Ask for a smaller size."
        )


def _save(pixels: Image.Image, kind: str, **options: object) -> bytes:
    sink = BytesIO()
    try:
        pixels.save(sink, kind, **options)
    except (OSError, ValueError, MemoryError) as exc:
        raise OutputImpossibleError(
            f"This image of {pixels.width} × {pixels.height} pixels could not be written as {kind}."
        ) from exc
    return sink.getvalue()
