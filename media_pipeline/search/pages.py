"""A page of images: ids by their terms, then the records, which decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from media_pipeline.record.models import Image, Status
from media_pipeline.search.lists import Walk
from media_pipeline.search.query import SearchQuery
from media_pipeline.search.spans import Span, step

QUERIES = 100  # of terms, for one page of images, before what there is goes out with a cursor; half a read unit each
RECORDS = 500  # the same for records
LIST_PAGE = 64  # ids, which are within the 4 KB that half a read unit buys
BATCH = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Images, newest first, and the ids to continue from; None where there is nothing further."""

    images: list[Image]
    next: str | None
    previous: str | None


def live(record: Image) -> bool:
    return record.status is not Status.DELETED


def page(
    library: str,
    *wanted: str | tuple[str, ...],
    size: int,
    after: str | None = None,
    before: str | None = None,
    span: Span = Span(),  # noqa: B008 - frozen
    keep: Callable[[Image], bool] = live,
) -> Page:
    """Up to `size` images that carry all that is `wanted` and that `keep` accepts: older than `after`, or newer than
    `before`. Of several terms in a tuple any will do.

    The terms narrow down what is read, so `keep` has to check everything that was asked for.
    """
    newest_first = before is None
    walk = Walk(
        library,
        [(some,) if isinstance(some, str) else some for some in wanted],
        span=_rest(span, after, before),
        newest_first=newest_first,
        limit=size + 1 if len(wanted) == 1 else max(size + 1, LIST_PAGE),
        queries=QUERIES,
    )
    found = _matching(walk, library, size, keep)
    images = found[:size]
    further = images[-1].image_id if len(found) > size else None if walk.ended else walk.position
    came_from = _came_from(images, after or before, newest_first=newest_first)
    if newest_first:
        return Page(images, next=further, previous=came_from)
    return Page(images[::-1], next=came_from, previous=further)


def _matching(walk: Walk, library: str, size: int, keep: Callable[[Image], bool]) -> list[Image]:
    """One image more than `size`, if there are so many within the budget."""
    found: list[Image] = []
    records = 0
    while len(found) <= size and records < RECORDS and not walk.ended and not walk.stopped:
        missing = size + 1 - len(found)
        count = missing if records == 0 else size + 1  # few of the first were kept: read ahead, one page of terms
        ids = walk.take(min(count, BATCH, RECORDS - records))
        records += len(ids)
        found += [record for record in Image.load_many(ids) if record.library == library and keep(record)]
    return found


def _rest(span: Span, after: str | None, before: str | None) -> Span:
    """What of `span` is older than `after`, or newer than `before`."""
    oldest, newest = span.oldest, span.newest
    if before is not None:
        oldest = max(oldest, step(before, 1))
    elif after is not None:
        newest = min(newest, step(after, -1))
    return Span(oldest, newest)


def _came_from(images: list[Image], position: str | None, *, newest_first: bool) -> str | None:
    """Where the way back starts: at the first image found, or at the position itself when none was."""
    if position is None:
        return None
    return images[0].image_id if images else step(position, -1 if newest_first else 1)


def find(library: str, query: SearchQuery, *, size: int, after: str | None = None, before: str | None = None) -> Page:
    """A page of what the query asks for, newest first; fewer than `size` with a way on when its budget was spent."""
    return page(library, *query.wanted, size=size, after=after, before=before, span=query.span, keep=query.test)
