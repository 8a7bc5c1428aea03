"""Lists of ids under terms, and what several have in common, read in small pages from wherever one is.

An intersection is a leapfrog: a candidate of one list is sought in the next, which answers with the same id or with the
one it has beyond it, until all agree. Every seek that its page cannot answer is a Query, and those are counted, so that
a page of results costs the same in a library of a thousand images and in one of a billion.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ulid import ULID

from media_pipeline.record.models import Term
from media_pipeline.search.spans import Span, step
from media_pipeline.search.terms import partitions

READERS = 8  # lists that are begun at the same time
DENSER = 8  # so many times as dense as the rarest list, another does not pay: reading the records is cheaper


class OverBudgetError(Exception):
    """No more Queries in this request. Never leaves this package."""


@dataclass(slots=True)
class Budget:
    queries: int

    def spend(self) -> None:
        if self.queries < 1:
            raise OverBudgetError
        self.queries -= 1


@dataclass(slots=True)
class Partition:
    """The ids under one partition key, in order, within a span."""

    key: str
    span: Span
    newest_first: bool
    limit: int
    budget: Budget
    read: list[str] = field(default_factory=list)
    exhausted: bool = False
    _at: int = 0

    def seek(self, bound: str) -> str | None:
        """The first id at `bound` or beyond it, None when there is none."""
        while self._at < len(self.read) and self._precedes(self.read[self._at], bound):
            self._at += 1
        if self._at == len(self.read) and not self.exhausted:
            self._query(bound)
        return self.read[self._at] if self._at < len(self.read) else None

    def _precedes(self, image_id: str, bound: str) -> bool:
        return image_id > bound if self.newest_first else image_id < bound

    def _query(self, bound: str) -> None:
        low, high = (self.span.oldest, bound) if self.newest_first else (bound, self.span.newest)
        self.read, self._at = [], 0
        if low <= high:
            self.budget.spend()
            self.read = [
                item.image_id
                for item in Term.query(
                    self.key,
                    Term.image_id.between(low, high),
                    scan_index_forward=not self.newest_first,
                    limit=self.limit,
                    page_size=self.limit,
                )
            ]
        self.exhausted = len(self.read) < self.limit


@dataclass(slots=True)
class Union:
    """The ids under any of several partition keys."""

    parts: list[Partition]

    def seek(self, bound: str) -> str | None:
        heads = [head for part in self.parts if (head := part.seek(bound)) is not None]
        if not heads:
            return None
        return max(heads) if self.parts[0].newest_first else min(heads)

    @property
    def is_read(self) -> bool:
        """Whether its pages hold all there is."""
        return all(part.exhausted for part in self.parts)

    @property
    def length(self) -> int:
        return sum(len(part.read) for part in self.parts)

    def reach(self, start: str) -> int:
        """How far from `start` its pages lead: the farther, the rarer its ids."""
        ends = [part.read[-1] for part in self.parts if part.read and not part.exhausted]
        return min((_apart(start, end) for end in ends), default=2**128)


def _apart(one: str, other: str) -> int:
    return abs(int(ULID.from_str(one)) - int(ULID.from_str(other)))


class Walk:
    """The ids that every one of `wanted` leads to, in order; each is a term, or several any of which will do.

    Lists that are much longer than another are left out, so what comes has to be held against the query.
    """

    def __init__(
        self,
        library: str,
        wanted: Sequence[tuple[str, ...]],
        *,
        span: Span,
        newest_first: bool,
        limit: int,
        queries: int,
    ) -> None:
        keys = [[key for term in terms for key in partitions(library, term)] for terms in wanted]
        self._newest_first = newest_first
        self._bound = span.newest if newest_first else span.oldest
        self.ended = False
        self.stopped = False  # by the budget, before the end
        budget = Budget(max(queries, 2 * sum(map(len, keys))))  # always enough to move on
        self._lists = [Union([Partition(key, span, newest_first, limit, budget) for key in some]) for some in keys]
        self._begin()

    @property
    def position(self) -> str:
        """The last id that is done with: a later walk goes on right after it."""
        return step(self._bound, 1 if self._newest_first else -1)

    def take(self, count: int) -> list[str]:
        """The next ids, `count` at most; fewer when the lists end or the budget does."""
        taken: list[str] = []
        while len(taken) < count and not self.ended and not self.stopped:
            try:
                found = self._next()
            except OverBudgetError:
                self.stopped = True
                break
            if found is None:
                self.ended = True
                break
            taken.append(found)
            self._bound = step(found, -1 if self._newest_first else 1)
            self.ended = self._bound == found  # the very first or last id there can be
        return taken

    def _next(self) -> str | None:
        agreed = 0
        while True:
            for ids in self._lists:
                found = ids.seek(self._bound)
                if found is None:
                    return None
                agreed = agreed + 1 if found == self._bound else 1
                self._bound = found  # nothing before it is in all lists, even if the budget ends here
                if agreed == len(self._lists):
                    return found

    def _begin(self) -> None:
        """Read the first page of every list, at the same time; then leave out those that do not pay."""
        parts = [part for ids in self._lists for part in ids.parts]
        if len(parts) == 1:
            return
        with ThreadPoolExecutor(min(READERS, len(parts))) as pool:
            list(pool.map(Partition.seek, parts, [self._bound] * len(parts)))
        heads = [part.read[0] for part in parts if part.read]
        short = [ids for ids in self._lists if ids.is_read]
        if short:
            self._lists = [min(short, key=lambda ids: ids.length)]
        elif heads:
            start = max(heads) if self._newest_first else min(heads)
            reach = {id(ids): ids.reach(start) for ids in self._lists}
            rarest = max(reach.values())
            self._lists = [ids for ids in self._lists if reach[id(ids)] * DENSER >= rarest]
