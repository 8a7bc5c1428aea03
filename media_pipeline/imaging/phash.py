"""The difference hash of a picture, for finding near duplicates: 64 bits, each one saying "brighter to the right".

https://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html
Recompression, scaling and a watermark move it by 0 to 6 bits; different photos are 19 and more apart. A flat picture
has nothing to compare and hashes to numbers with few bits set: do not look for duplicates of those.
"""

from __future__ import annotations

from PIL import Image

from media_pipeline.imaging.encoders import flattened

_COLUMNS, _ROWS = 8, 8


def phash(pixels: Image.Image) -> tuple[int, int]:
    """The hash of `pixels` and of its mirror image; a thumbnail of 300 pixels serves as well as the original."""
    grey = flattened(pixels).convert("L").resize((_COLUMNS + 1, _ROWS), Image.Resampling.LANCZOS)
    return _difference_hash(grey), _difference_hash(grey.transpose(Image.Transpose.FLIP_LEFT_RIGHT))


def _difference_hash(grey: Image.Image) -> int:
    samples = grey.tobytes()
    hashed = 0
    for row in range(_ROWS):
        for column in range(_COLUMNS):
            left = row * (_COLUMNS + 1) + column
            hashed = hashed << 1 | (samples[left + 1] > samples[left])
    return hashed
