"""Imported lists of known images: exact hashes (sha256) and perceptual ones (64-bit difference hash).

They lie in the terms table: `known|sha256:...` and `known|phash:band`, the list's name and the hash as sort key.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator

from media_pipeline import aws, likeness, search
from media_pipeline.errors import InvalidRequestError
from media_pipeline.models import Term

LIBRARY = "known"


def add(list_name: str, lines: Iterable[str]) -> int:
    """Add hashes to a list, one a line: 64 hexadecimal digits are a sha256, 16 a difference hash; how many they were.

    Nothing is added when a line is neither; "#" starts a comment.
    """
    hashes = list(_parsed(lines))
    with aws.temporary_errors("DynamoDB"), Term.batch_write() as batch:
        for value in hashes:
            for term in _terms(value):
                batch.save(Term(f"{LIBRARY}|{term}", f"{list_name}#{value}"))
    return len(hashes)


def lists_that_know(sha256: str, phash: bytes | None) -> set[str]:
    """The names of the lists that have these bytes, or a picture that looks like this one."""
    found = {sort_key.partition("#")[0] for sort_key in _entries(f"sha256:{sha256}")}
    if phash is not None:
        halves = {phash[:8], phash[8:]}
        for sort_key in {key for half in halves for band in likeness.bands(half) for key in _entries(f"phash:{band}")}:
            name, _, value = sort_key.partition("#")
            if likeness.distance(phash, bytes.fromhex(value)) <= likeness.NEAR:
                found.add(name)
    return found


def _parsed(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        value = line.partition("#")[0].strip().lower()
        if not value:
            continue
        if len(value) not in {16, 64} or not set(value) <= set(string.hexdigits):
            raise InvalidRequestError(
                f"Line {number} is no hash: a sha256 has 64 hexadecimal digits, a difference hash 16. "
                "Nothing was imported."
            )
        yield value


def _terms(value: str) -> list[str]:
    if len(value) == 64:
        return [f"sha256:{value}"]
    return [f"phash:{band}" for band in likeness.bands(bytes.fromhex(value))]


def _entries(term: str) -> list[str]:
    return search.ids(LIBRARY, term, limit=100)
