"""What somebody looks for, as the terms that lead there and the tests that the record has to pass."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from media_pipeline.errors import InvalidRequestError
from media_pipeline.record import faces
from media_pipeline.record.models import Image, Status
from media_pipeline.search import kinds, places, terms
from media_pipeline.search.places import Near
from media_pipeline.search.spans import Span
from media_pipeline.search.words import fold, most_telling, tokens, words

Test = Callable[[Image], bool]
MAX_MONTHS = 24  # of a range of dates taken; longer ones are read off the records
MAX_LISTS = 6  # terms that are looked up for one query; the rest of what it asks is read off the records
NOT = "-"  # before a word or a value: without it


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a record has to pass, and the terms that it then has; of each tuple, one."""

    test: Test
    wanted: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """Everything given has to be so. A value that begins with `-` is one that must not be.

    An image has many tags and labels: all given are wanted. It has one camera, lens, format and colour: any will do.
    Days are included at both ends; those of `uploaded` are UTC, those of `taken` the camera's own.
    """

    q: str = ""
    tags: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()
    lenses: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    orientation: str | None = None
    size: str | None = None
    taken_after: dt.date | None = None
    taken_before: dt.date | None = None
    uploaded_after: dt.date | None = None
    uploaded_before: dt.date | None = None
    near: Near | None = None
    people: tuple[str, ...] = ()  # ids; everyone given is in the picture
    unidentified: bool | None = None  # whether somebody is in it who has no name yet
    has_faces: bool | None = None
    album: str | None = None
    status: Status | None = None

    def __post_init__(self) -> None:
        for name in ("taken", "uploaded"):
            first, last = getattr(self, f"{name}_after"), getattr(self, f"{name}_before")
            if first and last and first > last:
                raise InvalidRequestError(
                    f"{name}_after is later than {name}_before: no day lies between.", field=f"{name}_after"
                )

    @property
    def fingerprint(self) -> str:
        """The same for the same query, so that a cursor can be bound to it."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]

    @property
    def span(self) -> Span:
        return Span.of_days(self.uploaded_after, self.uploaded_before)

    @property
    def wanted(self) -> tuple[tuple[str, ...], ...]:
        """The terms to look up; of each tuple any will do."""
        found = dict.fromkeys(some for criterion in self._criteria() for some in criterion.wanted)
        return tuple(found)[:MAX_LISTS] or ((terms.ALL,),)

    @property
    def test(self) -> Test:
        """Whether a record is what is looked for; terms may be left over, and say nothing of what is excluded."""
        tests = [criterion.test for criterion in self._criteria()]
        return lambda record: all(test(record) for test in tests)

    def _criteria(self) -> Iterator[Criterion]:
        yield self._status()
        yield from self._words()
        yield from _each(self.tags, lambda record: record.tags or ())
        yield from _each(self.labels, terms.label_names)
        yield from _cameras(self.cameras)
        yield from _any("lens", self.lenses, terms.lens_name)
        yield from _any("format", self.formats, lambda record: record.format)
        yield from _any("colour", self.colours, lambda record: kinds.colour(record.colour))
        yield from _any("orientation", _one(self.orientation), kinds.orientation)
        yield from _any("size", _one(self.size), kinds.size)
        yield from self._taken()
        if self.near:
            yield Criterion(_within(self.near), (places.covering(self.near),))
        yield from _people(self.people)
        if self.unidentified is not None:
            wanted = ((terms.FACES,),) if self.unidentified else ()
            yield Criterion(lambda record: _is_unidentified(record) is self.unidentified, wanted)
        if self.album is not None:
            yield Criterion(lambda record: self.album in record.rank_by_album, ((terms.album_term(self.album),),))
        if self.has_faces is not None:
            wanted = ((terms.FACES,),) if self.has_faces else ()
            yield Criterion(lambda record: bool(record.faces) is self.has_faces, wanted)

    def _status(self) -> Criterion:
        if self.status is not None:
            wanted = ((terms.TRASH,),) if self.status is Status.DELETED else ()
            return Criterion(lambda record: record.status is self.status and not record.is_purged, wanted)
        hidden = {Status.DELETED, Status.REJECTED} if self.is_search else {Status.DELETED}
        return Criterion(lambda record: record.status not in hidden)

    @property
    def is_search(self) -> bool:
        """Whether it asks for more than a stretch of the list; what was rejected stays in the list, with its state."""
        plain = SearchQuery(
            status=self.status, uploaded_after=self.uploaded_after, uploaded_before=self.uploaded_before
        )
        return self != plain

    def _words(self) -> Iterator[Criterion]:
        asked = self.q.split()
        wanted, unwanted = _signed(tuple(asked))
        found = words(" ".join(wanted))
        if found:
            needed = frozenset(found)
            yield Criterion(
                lambda record: needed <= terms.every_word(record), tuple((terms.word_term(word),) for word in found)
            )
        for text in unwanted:
            barred = frozenset(words(text))
            yield Criterion(lambda record, barred=barred: not barred <= terms.every_word(record))  # type: ignore[misc]

    def _taken(self) -> Iterator[Criterion]:
        first, last = self.taken_after, self.taken_before
        if first is None and last is None:
            return
        low, high = (first or dt.date.min).isoformat(), (last or dt.date.max).isoformat()
        months = _months(first, last) if first and last else ()
        wanted = (tuple(map(terms.month_term, months)),) if months else ()
        yield Criterion(lambda record: bool(record.taken_at) and low <= record.taken_at[:10] <= high, wanted)


def _one(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _signed(values: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Those that are wanted, and those that are not. A lone `-` is neither."""
    wanted = [value for value in values if not value.startswith(NOT)]
    return wanted, [value[1:] for value in values if value.startswith(NOT) and fold(value[1:])]


def _each(values: tuple[str, ...], of: Callable[[Image], object]) -> Iterator[Criterion]:
    """One criterion for each of several values that an image may have at the same time."""
    wanted, unwanted = _signed(values)
    for value in map(fold, wanted):
        lists = tuple((terms.word_term(word),) for word in most_telling(value, 2))
        yield Criterion(_has(of, value), lists)
    for value in map(fold, unwanted):
        has = _has(of, value)
        yield Criterion(lambda record, has=has: not has(record))  # type: ignore[misc]


def _has(of: Callable[[Image], object], value: str) -> Test:
    return lambda record: value in map(fold, of(record))  # type: ignore[call-overload]


def _people(values: tuple[str, ...]) -> Iterator[Criterion]:
    wanted, unwanted = _signed(values)
    for person in wanted:
        yield Criterion(_shows(person), ((terms.person_term(person),),))
    for person in unwanted:
        shows = _shows(person)
        yield Criterion(lambda record, shows=shows: not shows(record))  # type: ignore[misc]


def _shows(person: str) -> Test:
    return lambda record: person in terms.people(record)


def _is_unidentified(record: Image) -> bool:
    return any(face.is_unidentified for face in faces.read(record.faces))


def _any(kind: str, values: tuple[str, ...], of: Callable[[Image], str | None]) -> Iterator[Criterion]:
    """One criterion for several values of which an image has one."""
    wanted, unwanted = (frozenset(map(fold, some)) for some in _signed(values))
    if wanted:
        lists = kinds.terms(kind, sorted(wanted))
        yield Criterion(lambda record: fold(of(record) or "") in wanted, (lists,) if lists else ())
    if unwanted:
        yield Criterion(lambda record: fold(of(record) or "") not in unwanted)


def _cameras(values: tuple[str, ...]) -> Iterator[Criterion]:
    """A camera is meant by its whole name or by some words of it: canon, 40D, Canon EOS 40D."""
    wanted, unwanted = ([frozenset(tokens(value)) for value in some] for some in _signed(values))
    if wanted:
        lists = tuple(sorted({terms.word_term(word) for name in wanted for word in most_telling(" ".join(name), 1)}))
        yield Criterion(lambda record: _is_camera(record, wanted), (lists,) if lists else ())
    if unwanted:
        yield Criterion(lambda record: not _is_camera(record, unwanted))


def _is_camera(record: Image, names: list[frozenset[str]]) -> bool:
    own = frozenset(tokens(terms.camera_name(record)))
    return any(name <= own for name in names if name)


def _within(near: Near) -> Test:
    return lambda record: (
        record.latitude is not None
        and record.longitude is not None
        and near.holds(float(record.latitude), float(record.longitude))
    )


def _months(first: dt.date, last: dt.date) -> tuple[str, ...]:
    """YYYY-MM from one day to another; none when they are too many."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    if end - start >= MAX_MONTHS:
        return ()
    return tuple(f"{month // 12:04}-{month % 12 + 1:02}" for month in range(start, end + 1))
