"""Search terms: which ones an image has, and a page of the images that carry one. Never a scan.

A term is an item `{library}|{kind}:{value}` per image; ids sort by time, so reading backwards is newest first. Terms
may be ahead of the record or left over from it: the record, read at the end, decides what is shown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from media_pipeline import aws
from media_pipeline.models import Image, Status, Term

ALL = "all"
TRASH = "trash"  # a term of a library; and, as a library of its own with days as terms, what is due to be purged
CONTENT = "sha256"  # across libraries: which images have these bytes; with the hash as term
LONGEST_VALUE = 100
ROUNDS = 5  # pages of terms read for one page of images, before what there is goes out with a cursor


@dataclass(frozen=True, slots=True)
class Page:
    """Images, newest first, and the ids to continue from; None where there is nothing further."""

    images: list[Image]
    next: str | None
    previous: str | None


def fold(text: str) -> str:
    """Case and accents away, spaces as one: what a term's value and a query have in common."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(plain.split())[:LONGEST_VALUE]


def said_terms(record: Image) -> set[str]:
    """The terms that come from the owner; written at upload and changed with every edit."""
    return {ALL, *(f"tag:{fold(tag)}" for tag in record.tags or ())}


def found_terms(record: Image) -> set[str]:
    """The terms that come from the pipeline; written before the record's last write."""
    terms = {f"format:{record.format}"} if record.format else set()
    if camera := camera_name(record):
        terms.add(f"camera:{fold(camera)}")
    if record.taken_at:
        terms.add(f"taken:{record.taken_at[:7]}")
    return terms


def camera_name(record: Image) -> str:
    """Make and model in one, without the make twice: Canon writes "Canon" and "Canon EOS 40D"."""
    make, model = record.camera_make or "", record.camera_model or ""
    return model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()


def write(library: str, terms: Iterable[str], image_id: str) -> None:
    with aws.temporary_errors("DynamoDB"), Term.batch_write() as batch:
        for term in sorted(terms):
            batch.save(Term(f"{library}|{term}", image_id))


def remove(library: str, terms: Iterable[str], image_id: str) -> None:
    with aws.temporary_errors("DynamoDB"), Term.batch_write() as batch:
        for term in sorted(terms):
            batch.delete(Term(f"{library}|{term}", image_id))


def ids(library: str, term: str, *, limit: int) -> list[str]:
    """The newest ids under a term, at most `limit`."""
    return _ids(library, term, None, limit, newest_first=True)


def with_content(sha256: str) -> list[Image]:
    """The images, of whatever library, that have or announced these bytes; up to 100."""
    return Image.load_many(ids(CONTENT, sha256, limit=100))


def live(record: Image) -> bool:
    return record.status is not Status.DELETED


def page(
    library: str,
    term: str,
    *,
    size: int,
    after: str | None = None,
    before: str | None = None,
    keep: Callable[[Image], bool] = live,
) -> Page:
    """Up to `size` images that carry `term` and that `keep` accepts: older than `after`, or newer than `before`."""
    newest_first = before is None
    position = before or after
    found: list[Image] = []
    for _ in range(ROUNDS):
        limit = size + 1 - len(found)
        ids = _ids(library, term, position, limit, newest_first=newest_first)
        found += filter(keep, Image.load_many(ids))
        exhausted = len(ids) < limit
        if exhausted or len(found) > size:
            break
        position = ids[-1]
    images = found[:size]
    further = images[-1].image_id if len(found) > size else None if exhausted else position
    came_from = images[0].image_id if images and position else None
    if newest_first:
        return Page(images, next=further, previous=came_from if after else None)
    return Page(images[::-1], next=came_from, previous=further)


def _ids(library: str, term: str, position: str | None, limit: int, *, newest_first: bool) -> list[str]:
    beyond = None
    if position is not None:
        beyond = Term.image_id < position if newest_first else Term.image_id > position
    with aws.temporary_errors("DynamoDB"):
        return [
            item.image_id
            for item in Term.query(
                f"{library}|{term}", beyond, scan_index_forward=not newest_first, limit=limit, page_size=limit
            )
        ]
