"""Looks at raw headers for what a reader would pay for before Pillow tells the size, or that Pillow never tells.

Each function is bounded by the length of the file and raises nothing on nonsense: the reader proper judges that.
"""

from __future__ import annotations

import re
import struct

from media_pipeline.imaging.geometry import Size

_PROGRESSIVE_SCANS_ALLOWED = 100  # the richest scan scripts in use have a few dozen
_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # neither a stuffed 0xFF nor a restart


def webp_canvas(data: bytes) -> Size | None:
    """The size a WebP claims: libwebp's animation decoder allocates the canvas as soon as it sees the header.

    https://developers.google.com/speed/webp/docs/riff_container
    """
    chunk, body = data[12:16], data[20:30]
    if len(body) < 10:
        return None
    if chunk == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return None


def has_scan_bomb(jpeg: bytes) -> bool:
    """Whether a progressive JPEG has so many scans that decoding would take minutes of CPU for kilobytes of data.

    https://libjpeg-turbo.org/pmwiki/uploads/About/TwoIssueswiththeJPEGStandard.pdf
    """
    if jpeg.count(b"\xff\xda") <= _PROGRESSIVE_SCANS_ALLOWED:
        return False  # the usual answer, at the speed of memchr
    scans, position = 0, 2
    while marker := _NEXT_MARKER.search(jpeg, position):
        position = marker.end()
        code = jpeg[position - 1]
        if code == 0xD9:
            break
        scans += code == 0xDA
        if code not in (0x01, 0xD8) and position + 2 <= len(jpeg):
            position += max(2, int.from_bytes(jpeg[position : position + 2], "big"))
    return scans > _PROGRESSIVE_SCANS_ALLOWED


def fits_in(size: Size, coded_bytes: int) -> bool:
    """Whether a baseline JPEG of `size` can be that short: each 8 x 8 block takes two Huffman codes of a bit or more.

    libjpeg fills what is missing with grey and says so nowhere Pillow looks.
    """
    blocks = (size[0] // 8) * (size[1] // 8)  # of the luminance alone
    return coded_bytes * 8 >= blocks * 2


def gif_frames(data: bytes, *, limit: int) -> int:
    """How many frames of a GIF can be shown one after the other, up to `limit`, without decompressing any.

    Frames count up to the first that does not lie on what the screen and the first frame span: Pillow would enlarge
    the canvas for it, to any size. https://www.w3.org/Graphics/GIF/spec-gif89a.txt
    """
    if len(data) < 13:
        return 0
    canvas = struct.unpack_from("<HH", data, 6)
    position = 13 + _colour_table_bytes(data[10])
    frames = 0
    while position + 10 < len(data) and frames < limit:
        introducer = data[position]
        if introducer == 0x2C:
            left, top, width, height = struct.unpack_from("<HHHH", data, position + 1)
            if frames == 0:
                canvas = max(canvas[0], left + width), max(canvas[1], top + height)
            elif left + width > canvas[0] or top + height > canvas[1]:
                break
            frames += 1
            position += 11 + _colour_table_bytes(data[position + 9])
        elif introducer == 0x21:
            position += 2
        else:
            break
        position = _after_sub_blocks(data, position)
    return frames


def _colour_table_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_sub_blocks(data: bytes, position: int) -> int:
    while position < len(data) and data[position]:
        position += data[position] + 1
    return position + 1
