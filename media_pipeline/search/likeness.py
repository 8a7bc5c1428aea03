"""Images that look alike: perceptual hashes, found by their bands in the terms table.

A 64-bit difference hash is cut into four bands of 16 bits. Two hashes that differ in at most three bits share a band,
and those that differ in up to six mostly do; what a band brings up is compared in full. Searching with the mirror
image's hash too finds flipped copies. A match can be forged (a small inset keeps the hash), so likeness leads to a
review and never to a pass.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from media_pipeline.record.models import Image
from media_pipeline.search import terms

LIBRARY = "phash"  # across libraries; the bands are its terms
BITS = 64
NEAR = 6  # of them; re-encodings and watermark bars measured 0 to 6, different photographs 19 and more
BAND_LIMIT = 50  # newest images read per band
KNOWN = "known:"
FLAT = 8  # set bits; skies and screens have hardly any edges, and all look alike


@dataclass(frozen=True, slots=True)
class Likeness:
    """`distance` is in bits of 64, of the picture or of its mirror image, whichever is nearer."""

    record: Image
    distance: int


@dataclass(frozen=True, slots=True)
class Found:
    """Images, nearest first, and the names of imported lists, that have a picture like the one asked for."""

    images: list[Likeness] = field(default_factory=list)
    lists: set[str] = field(default_factory=set)


def pack(picture: int, mirror: int) -> bytes:
    """A record's `phash`: both hashes, big-endian."""
    return picture.to_bytes(8, "big") + mirror.to_bytes(8, "big")


def band_terms(phash: bytes) -> set[str]:
    """The terms under which an image is found by those that look like it; none for a picture without edges."""
    return set() if _is_flat(phash[:8]) else set(bands(phash[:8]))


def find(phash: bytes, *, besides: str) -> Found:
    """What lies within NEAR bits, in all libraries: who may see the images is for the caller to ask."""
    if _is_flat(phash[:8]):
        return Found()
    both = sorted({*bands(phash[:8]), *bands(phash[8:])})
    with ThreadPoolExecutor(len(both)) as pool:
        keys = {key for found in pool.map(_keys, both) for key in found} - {besides}
    known = {key for key in keys if key.startswith(KNOWN)}
    records = Image.load_many(sorted(keys - known))
    likes = [Likeness(record, distance(phash, record.phash)) for record in records if record.phash]
    return Found(
        images=sorted((like for like in likes if like.distance <= NEAR), key=lambda like: like.distance),
        lists={key.partition("#")[2] for key in known if distance(phash, _known_hash(key)) <= NEAR},
    )


def _keys(band: str) -> list[str]:
    return terms.ids(LIBRARY, band, limit=BAND_LIMIT)


def known_key(list_name: str, value: str) -> str:
    """The sort key under which a hash of an imported list lies among the images' own: before them, read backwards."""
    return f"{KNOWN}{value}#{list_name}"


def _known_hash(key: str) -> bytes:
    return bytes.fromhex(key.removeprefix(KNOWN).partition("#")[0])


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
    terms.write(LIBRARY, band_terms(phash), image_id)


def remove(phash: bytes, image_id: str) -> None:
    terms.remove(LIBRARY, band_terms(phash), image_id)
