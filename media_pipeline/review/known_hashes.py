"""Imported lists of known images: exact hashes (sha256) and perceptual ones (64-bit difference hash).

Exact ones are terms of their own, `known|sha256:...`; perceptual ones lie among the images' bands (likeness.py), so
that one search finds both.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator

from media_pipeline.errors import InvalidRequestError
from media_pipeline.record.models import Term
from media_pipeline.search import likeness, terms

LIBRARY = "known"
SHA256_DIGITS, DHASH_DIGITS = 64, 16


def add(list_name: str, lines: Iterable[str]) -> int:
    """Add hashes to a list, one a line: 64 hexadecimal digits are a sha256, 16 a difference hash; how many they were.

    Nothing is added when a line is neither; "#" starts a comment.
    """
    hashes = list(_parsed(lines))
    with Term.batch_write() as batch:
        for value in hashes:
            if len(value) == SHA256_DIGITS:
                batch.save(Term(f"{LIBRARY}|sha256:{value}", list_name))
            else:
                for band in likeness.bands(bytes.fromhex(value)):
                    batch.save(Term(f"{likeness.LIBRARY}|{band}", likeness.known_key(list_name, value)))
    return len(hashes)


def lists_with(sha256: str) -> set[str]:
    """The names of the lists that have exactly these bytes."""
    return set(terms.ids(LIBRARY, f"sha256:{sha256}", limit=100))


def _parsed(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        value = line.partition("#")[0].strip().lower()
        if not value:
            continue
        if len(value) not in {DHASH_DIGITS, SHA256_DIGITS} or not set(value) <= set(string.hexdigits):
            raise InvalidRequestError(
                f"Line {number} is no hash: a sha256 has 64 hexadecimal digits, a difference hash 16. "
                "Nothing was imported."
            )
        yield value
