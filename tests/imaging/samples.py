"""Pictures and files for the tests of the imaging room, made in code."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()  # the tests write HEIC; the product only reads it

FORMATS = ("jpeg", "png", "webp", "gif", "tiff", "heic", "avif", "bmp")
_PILLOW_NAME = {"heic": "HEIF"}
QUARTERS = {"red": (220, 20, 30), "green": (20, 180, 40), "blue": (30, 40, 200), "white": (250, 250, 250)}


def photo(width: int = 96, height: int = 64, *, seed: int = 1) -> Image.Image:
    """Smooth shapes with grain: compresses like a photograph rather than like a chart."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = [np.sin(x / (7 + 3 * c) + seed) + np.cos(y / (5 + 4 * c) - seed * c) for c in range(3)]
    grain = np.random.default_rng(seed).normal(0, 4, (height, width, 3))
    return Image.fromarray(np.clip(np.stack(waves, axis=-1) * 55 + 128 + grain, 0, 255).astype(np.uint8))


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Red and green above blue and white: tells every orientation from every other."""
    picture = Image.new("RGB", (width, height))
    middle = (width // 2, height // 2)
    for corner, colour in zip(((0, 0), (middle[0], 0), (0, middle[1]), middle), QUARTERS.values(), strict=True):
        picture.paste(colour, (*corner, corner[0] + middle[0], corner[1] + middle[1]))
    return picture


def corners(picture: Image.Image) -> tuple[str, str, str, str]:
    """The names of the colours at top left, top right, bottom left, bottom right."""
    width, height = picture.size
    spots = ((4, 4), (width - 5, 4), (4, height - 5), (width - 5, height - 5))
    return tuple(_nearest(picture.convert("RGB").getpixel(spot)) for spot in spots)  # type: ignore[return-value]


def _nearest(pixel: Any) -> str:
    return min(QUARTERS, key=lambda name: sum(abs(a - b) for a, b in zip(QUARTERS[name], pixel, strict=True)))


def saved(picture: Image.Image, kind: str = "jpeg", **options: Any) -> bytes:
    sink = BytesIO()
    picture.save(sink, _PILLOW_NAME.get(kind, kind.upper()), **options)
    return sink.getvalue()


def animation(kind: str, frames: int = 3, size: tuple[int, int] = (40, 30)) -> bytes:
    """Frames of different plain colours, the first one red."""
    colours = [(220, 20, 30), (20, 180, 40), (30, 40, 200)]
    pictures = [Image.new("RGB", size, colours[n % 3]) for n in range(frames)]
    for number, picture in enumerate(pictures):
        picture.paste((250, 250, 250), (number % size[0], 0, number % size[0] + 1, 2))
    return saved(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=80, loop=0)


def png_chunks(*chunks: tuple[bytes, bytes]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def png(
    samples: np.ndarray[Any, Any], *, colour: int, depth: int = 8, extra: Sequence[tuple[bytes, bytes]] = ()
) -> bytes:
    """A PNG written by hand, for the kinds that Pillow does not write (16-bit RGB, tRNS on it)."""
    height, width = samples.shape[:2]
    rows = samples.astype(">u2" if depth == 16 else np.uint8).reshape(height, -1)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return png_chunks((b"IHDR", header), *extra, (b"IDAT", zlib.compress(raw)), (b"IEND", b""))


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has next to no pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return png_chunks((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))


def with_exif(jpeg: bytes, tiff: bytes) -> bytes:
    """`jpeg` with `tiff` as its EXIF segment."""
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def exif(tags: dict[int, Any], *, photo_tags: dict[int, Any] | None = None, gps: dict[int, Any] | None = None) -> bytes:
    """An EXIF block (a TIFF structure without the `Exif` prefix) as Pillow writes it."""
    block = Image.Exif()
    for tag, value in tags.items():
        block[tag] = value
    if photo_tags:
        block.get_ifd(0x8769).update(photo_tags)
    if gps:
        block.get_ifd(0x8825).update(gps)
    return block.tobytes().removeprefix(b"Exif\0\0")


def tiff(tags: dict[int, int], tail: bytes = b"") -> bytes:
    """A TIFF of one directory with LONG values, written by hand; `tail` follows it."""
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags.items()))
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", 0) + tail
