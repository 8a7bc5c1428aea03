"""The original without its metadata, not a pixel recompressed: for where a rendition would only be larger."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from PIL.ImageFile import ImageFile

from media_pipeline.imaging.colour import is_srgb
from media_pipeline.imaging.damage import PARSE_FAILURES
from media_pipeline.imaging.formats import Format, read_header
from media_pipeline.imaging.opening import Picture

_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # neither a stuffed 0xFF nor a restart
_SOI, _EOI, _SOS, _APP0, _APP14, _APP15, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xEE, 0xEF, 0xFE
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"})
_WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"ALPH"})
_WEBP_ALPHA_FLAG = 0x10


def strip_metadata(picture: Picture) -> bytes | None:
    """The same pixels in the same format with nothing said about them.

    None where metadata is part of how the picture looks (an orientation, a profile that is not sRGB, inks), where the
    file is an animation, and for formats other than JPEG, PNG and WebP.
    """
    strip = _STRIPPERS.get(picture.format)
    if strip is None or picture.orientation != 1 or picture.frames != 1:
        return None
    try:
        return strip(picture.data) if _is_plain_srgb(read_header(picture.data, picture.format)) else None
    except PARSE_FAILURES:
        return None


def _is_plain_srgb(header: ImageFile) -> bool:
    profile = header.info.get("icc_profile")
    return header.mode != "CMYK" and (not profile or (header.mode in ("RGB", "RGBA") and is_srgb(profile)))


def _strip_jpeg(data: bytes) -> bytes:
    """JFIF and Adobe's segment stay: they say how the samples are to be read. What follows the image goes."""
    kept = [data[:2]]
    position, in_scan = 2, False
    while True:
        marker = _NEXT_MARKER.search(data, position) if in_scan else _NEXT_MARKER.match(data, position)
        if marker is None:
            raise ValueError("no end of image")
        kept.append(data[position : marker.start()])
        code = data[marker.end() - 1]
        if code == _EOI:
            return b"".join(kept) + b"\xff\xd9"
        end = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
        if code == _COM or (_APP0 < code <= _APP15 and code != _APP14):
            position = end
            continue
        kept.append(data[marker.start() : end])
        position, in_scan = end, in_scan or code == _SOS


def _strip_png(data: bytes) -> bytes:
    kept = [data[:8]]
    position = 8
    while position < len(data):
        (length,) = struct.unpack_from(">I", data, position)
        kind = data[position + 4 : position + 8]
        if kind in _PNG_KEPT:
            kept.append(data[position : position + 12 + length])
        if kind == b"IEND":
            break
        position += 12 + length
    return b"".join(kept)


def _strip_webp(data: bytes) -> bytes:
    """Simple when a single chunk is left; with an alpha chunk the extended header has to say so, and only so."""
    kept: list[bytes] = []
    canvas = b""
    position = 12
    while position + 8 <= len(data):
        kind = data[position : position + 4]
        (length,) = struct.unpack_from("<I", data, position + 4)
        end = position + 8 + length + (length & 1)
        if kind == b"VP8X":
            canvas = data[position + 8 : end]
        elif kind in _WEBP_KEPT:
            kept.append(data[position:end])
        position = end
    if len(kept) > 1:
        flags = bytes([_WEBP_ALPHA_FLAG, 0, 0, 0])
        kept.insert(0, b"VP8X" + struct.pack("<I", 10) + flags + canvas[4:10])
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


_STRIPPERS: dict[Format, Callable[[bytes], bytes]] = {"jpeg": _strip_jpeg, "png": _strip_png, "webp": _strip_webp}
