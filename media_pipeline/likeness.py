"""Images that look alike: perceptual hashes, found by their bands in the terms table.

A 64-bit difference hash is cut into four bands of 16 bits. Two hashes that differ in at most three bits share a band,
and those that differ in up to six mostly do; what a band brings up is compared in full. Searching with the mirror
image's hash too finds flipped copies. A match can be forged (a small inset keeps the hash), so likeness leads to a
review and never to a pass.
"""

from __future__ import annotations

from dataclasses import dataclass

from media_pipeline import search
from media_pipeline.models import Image

LIBRARY = "phash"  # across libraries; the bands are its terms
NEAR = 6  # bits of 64; re-encodings and watermark bars measured 0 to 6, different photographs 19 and more
BAND_LIMIT = 40  # newest images read per band
FLAT = 8  # set bits; skies and screens have hardly any edges, and all look alike


@dataclass(frozen=True, slots=True)
class Likeness:
    """`distance` is in bits of 64, of the picture or of its mirror image, whichever is nearer."""

    record: Image
    distance: int


def pack(picture: int, mirror: int) -> bytes:
    """A record's `phash`: both hashes, big-endian."""
    return picture.to_bytes(8, "big") + mirror.to_bytes(8, "big")


def band_terms(phash: bytes) -> set[str]:
    """The terms under which an image is found by those that look like it; none for a picture without edges."""
    return set() if _is_flat(phash[:8]) else set(bands(phash[:8]))


def nearest(phash: bytes, *, besides: str, size: int = 10) -> list[Likeness]:
    """Images within NEAR bits, nearest first, of all libraries: who may see them is for the caller to ask."""
    if _is_flat(phash[:8]):
        return []
    both = {*bands(phash[:8]), *bands(phash[8:])}
    ids = {image_id for band in both for image_id in search.ids(LIBRARY, band, limit=BAND_LIMIT)} - {besides}
    found = [Likeness(record, distance(phash, record.phash)) for record in Image.load_many(sorted(ids)) if record.phash]
    return sorted((like for like in found if like.distance <= NEAR), key=lambda like: like.distance)[:size]


def distance(one: bytes, other: bytes) -> int:
    hashes = int.from_bytes(one[:8], "big"), int.from_bytes(one[8:], "big")
    theirs = int.from_bytes(other[:8], "big")
    return min((mine ^ theirs).bit_count() for mine in hashes)


def bands(half: bytes) -> list[str]:
    """The four terms of one hash of eight bytes."""
    return [f"{number}:{half[2 * number : 2 * number + 2].hex()}" for number in range(4)]


def _is_flat(half: bytes) -> bool:
    bits = int.from_bytes(half, "big").bit_count()
    return bits < FLAT or bits > 64 - FLAT


def write(phash: bytes, image_id: str) -> None:
    search.write(LIBRARY, band_terms(phash), image_id)


def remove(phash: bytes, image_id: str) -> None:
    search.remove(LIBRARY, band_terms(phash), image_id)
