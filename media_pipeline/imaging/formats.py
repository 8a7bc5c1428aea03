"""Which of the supported formats some bytes are, judged by content and never by name or declared type."""

from __future__ import annotations

from io import BytesIO
from typing import Literal

import pillow_heif
from PIL import BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin
from PIL.AvifImagePlugin import AvifImageFile
from PIL.ImageFile import ImageFile

Format = Literal["jpeg", "png", "webp", "gif", "tiff", "heic", "avif", "bmp"]

_HEVC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_SIGNATURES: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
)
_BMP_HEADER_SIZES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})

# JpegImageFile rather than Pillow's JPEG factory, so that MPO and gain-map files are their first image.
_READERS: dict[Format, type[ImageFile]] = {
    "jpeg": JpegImagePlugin.JpegImageFile,
    "png": PngImagePlugin.PngImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
    "gif": GifImagePlugin.GifImageFile,
    "tiff": TiffImagePlugin.TiffImageFile,
    "heic": pillow_heif.HeifImageFile,
    "avif": AvifImageFile,
    "bmp": BmpImagePlugin.BmpImageFile,
}


def sniff(data: bytes) -> Format | None:
    """The format whose signature `data` starts with; None when it is none of ours."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    # "BM" alone also begins many a text.
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADER_SIZES:
        return "bmp"
    return _sniff_heif(data) if data[4:8] == b"ftyp" else None


def _sniff_heif(data: bytes) -> Format | None:
    """AVIF and HEIC share a container: its brands say whether AV1 or HEVC is inside (`mif1` alone does not)."""
    box = data[8 : min(int.from_bytes(data[:4], "big"), 4096)]
    brands = {box[:4]} | {box[i : i + 4] for i in range(8, len(box), 4)}
    if brands & _AVIF_BRANDS:
        return "avif"
    return "heic" if brands & _HEVC_BRANDS else None


def read_header(data: bytes, kind: Format) -> ImageFile:
    """Pillow's image of `data` with nothing but its header read; raises one of PARSE_FAILURES."""
    return _READERS[kind](BytesIO(data))
