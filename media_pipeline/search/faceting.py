"""What a library can be narrowed down by, with roughly how many images each choice has.

Nothing is counted at upload, where it would cost a write an image and a hot item a library. Instead a sample of the
library says which cameras, labels and tags there are: its newest images, and some from each of several points in time.
A library that is no larger than the sample is counted exactly; otherwise terms are counted, up to a bound.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain

from ulid import ULID

from media_pipeline.aws import dynamodb
from media_pipeline.conf import conf
from media_pipeline.record.models import Image, Status, Term
from media_pipeline.search import terms
from media_pipeline.search.spans import NEWEST, OLDEST, Span
from media_pipeline.search.words import fold, most_telling

MAX_SAMPLED = 200
POINTS, SAMPLED_AT_POINT = 8, 25
CHOICES = 20  # of each facet
MONTHS = 36
MONTHS_LISTED = 240
COUNTED = 1000  # entries of one term: 9 read units at most
READERS = 8
HIDDEN = frozenset({Status.DELETED, Status.REJECTED})


@dataclass(frozen=True, slots=True)
class Facet:
    """One choice; `value` is what the search takes. Where `is_more`, there are more than `count`.

    `name` is what people call it, where that is not the value: a person's name.
    """

    value: str
    count: int
    is_more: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Facets:
    """`is_approximate` when the library is larger than what was looked at."""

    months: list[Facet]
    cameras: list[Facet]
    labels: list[Facet]
    tags: list[Facet]
    is_approximate: bool
    people: list[Facet] = field(default_factory=list)


def facets(library: str) -> Facets:
    newest = _ids(library, NEWEST, MAX_SAMPLED + 1)
    if len(newest) <= MAX_SAMPLED:
        return _exact(_shown(library, newest))
    oldest = _ids(library, OLDEST, 1, newest_first=False)
    start, end = int(ULID.from_str(oldest[0])), int(ULID.from_str(newest[-1]))
    points = [str(ULID.from_int(start + (end - start) * (number + 1) // POINTS)) for number in range(POINTS)]
    with ThreadPoolExecutor(READERS) as pool:
        older = list(pool.map(lambda point: _ids(library, point, SAMPLED_AT_POINT), points))
        sample = _shown(library, list(dict.fromkeys(chain(newest[:MAX_SAMPLED], *older))))

        def counted(of: Callable[[Image], Iterable[str]]) -> list[Facet]:
            values = [value for value, _ in _tally(sample, of).most_common(CHOICES)]
            return list(pool.map(lambda value: _counted_value(library, value), values))

        cameras, labels, tags = counted(_cameras), counted(terms.label_names), counted(_tags)
        months = list(pool.map(lambda month: _counted_month(library, month), _months(oldest[0], newest[0])))
        people = list(pool.map(lambda person: _counted_person(library, *person), _people(sample)))
    return Facets(
        months=[month for month in months if month.count],
        cameras=_by_count(cameras),
        labels=_by_count(labels),
        tags=_by_count(tags),
        is_approximate=True,
        people=_by_count(people),
    )


def months(library: str) -> list[Facet]:
    """The months of upload, newest first, with roughly how many images each has."""
    newest = _ids(library, NEWEST, 1)
    if not newest:
        return []
    (oldest,) = _ids(library, OLDEST, 1, newest_first=False)
    with ThreadPoolExecutor(READERS) as pool:
        counted = pool.map(lambda month: _counted_month(library, month), _months(oldest, newest[0], most=MONTHS_LISTED))
        return [month for month in counted if month.count]


def _exact(records: Sequence[Image]) -> Facets:
    def every(of: Callable[[Image], Iterable[str]]) -> list[Facet]:
        return [Facet(value, count) for value, count in _tally(records, of).most_common(CHOICES)]

    months = Counter(f"{record.created_at:%Y-%m}" for record in records)
    return Facets(
        months=[Facet(month, count) for month, count in sorted(months.items(), reverse=True)[:MONTHS]],
        cameras=every(_cameras),
        labels=every(terms.label_names),
        tags=every(_tags),
        is_approximate=False,
        people=_exact_people(records),
    )


def _exact_people(records: Sequence[Image]) -> list[Facet]:
    counts = Counter(person for record in records for person in terms.people(record))
    names = {person: name for record in records for person, name in terms.people(record).items()}
    return [Facet(person, count, name=names[person]) for person, count in counts.most_common(CHOICES)]


def _people(sample: Sequence[Image]) -> list[tuple[str, str]]:
    """Ids and names of those who are most often in the sample."""
    return [(facet.value, facet.name) for facet in _exact_people(sample)]


def _tally(records: Sequence[Image], of: Callable[[Image], Iterable[str]]) -> Counter[str]:
    """How many records have each value, however it is written; shown as first met."""
    written: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for record in records:
        for value in of(record):
            counts[written.setdefault(fold(value), value)] += 1
    return counts


def _cameras(record: Image) -> list[str]:
    return [name] if (name := terms.camera_name(record)) else []


def _tags(record: Image) -> list[str]:
    return list(record.tags or ())


def _shown(library: str, ids: list[str]) -> list[Image]:
    return [record for record in Image.load_many(ids) if record.library == library and record.status not in HIDDEN]


def _by_count(choices: list[Facet]) -> list[Facet]:
    return sorted(choices, key=lambda choice: -choice.count)


def _counted_value(library: str, value: str) -> Facet:
    (word,) = most_telling(value, 1)
    count = _count(terms.partitions(library, terms.word_term(word)), Span())
    return Facet(value, min(count, COUNTED), is_more=count > COUNTED)


def _counted_person(library: str, person: str, name: str) -> Facet:
    count = _count(terms.partitions(library, terms.person_term(person)), Span())
    return Facet(person, min(count, COUNTED), is_more=count > COUNTED, name=name)


def _counted_month(library: str, month: dt.date) -> Facet:
    count = _count(terms.partitions(library, terms.ALL), Span.of_month(month))
    return Facet(f"{month:%Y-%m}", min(count, COUNTED), is_more=count > COUNTED)


def _months(oldest: str, newest: str, *, most: int = MONTHS) -> list[dt.date]:
    """The first days of the months between two ids, newest first, so many at most."""
    first, last = (ULID.from_str(image_id).datetime for image_id in (oldest, newest))
    numbers = range(last.year * 12 + last.month - 1, first.year * 12 + first.month - 2, -1)
    return [dt.date(number // 12, number % 12 + 1, 1) for number in numbers[:most]]


def _ids(library: str, bound: str, limit: int, *, newest_first: bool = True) -> list[str]:
    """Ids of the library from `bound` on, of all its shards."""
    low, high = (OLDEST, bound) if newest_first else (bound, NEWEST)
    found: list[str] = []
    for partition in terms.partitions(library, terms.ALL):
        found += [
            item.image_id
            for item in Term.query(
                partition,
                Term.image_id.between(low, high),
                scan_index_forward=not newest_first,
                limit=limit,
                page_size=limit,
            )
        ]
    return sorted(found, reverse=newest_first)[:limit]


def _count(partitions: list[str], span: Span) -> int:
    """How many entries the keys have within `span`; more than COUNTED stands for any number beyond it."""
    return sum(_count_of(partition, span) for partition in partitions)


def _count_of(partition: str, span: Span) -> int:
    """One page of a Query; PynamoDB's `count` would read on to the end of the partition, whatever its limit."""
    answer = dynamodb.call(
        "query",
        TableName=conf.terms_table,
        KeyConditionExpression="term = :term AND image_id BETWEEN :oldest AND :newest",
        ExpressionAttributeValues={
            ":term": {"S": partition},
            ":oldest": {"S": span.oldest},
            ":newest": {"S": span.newest},
        },
        Select="COUNT",
        Limit=COUNTED + 1,
    )
    return int(answer["Count"])
