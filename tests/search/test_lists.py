"""The leapfrog against sets of Python, on lists of the embedded AWS."""

from __future__ import annotations

import dataclasses
import random

import pytest

from media_pipeline.record.models import new_image_id
from media_pipeline.search import lists, terms
from media_pipeline.search.lists import Walk
from media_pipeline.search.spans import Span, step
from tests.search.stored_images import id_of
from tests.support import hooks

pytestmark = pytest.mark.usefixtures("aws")
LIMIT = 8


@pytest.fixture
def library() -> str:
    return new_image_id()


def fill(library: str, **carriers: set[str]) -> None:
    for term, ids in carriers.items():
        for image_id in ids:
            terms.write(library, [term], image_id)


def ids(count: int) -> list[str]:
    return [id_of("2026-05-17", number) for number in range(count)]


def walked(library: str, *wanted: tuple[str, ...], newest_first: bool = True, queries: int = 100) -> list[str]:
    """All of a walk, over as many walks as its budget takes."""
    span, found = Span(), list[str]()
    for _ in range(200):
        walk = Walk(library, wanted, span=span, newest_first=newest_first, limit=LIMIT, queries=queries)
        found += walk.take(1000)
        if walk.ended:
            return found
        rest = walk.position
        span = Span(span.oldest, step(rest, -1)) if newest_first else Span(step(rest, 1), span.newest)
    raise AssertionError("the walk does not come to an end")


@pytest.mark.parametrize("queries", [0, 3, 100])
@pytest.mark.parametrize("newest_first", [True, False])
def test_a_walk_finds_all_that_lists_share_in_order(
    library: str, queries: int, newest_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And once, whatever its budget."""
    monkeypatch.setattr(lists, "DENSER", 10**9)  # no list is left out: the intersection alone
    random_, every = random.Random(queries), ids(60)  # noqa: S311 - reproducible
    one, two, three, four = (set(random_.sample(every, size)) for size in (40, 30, 12, 45))
    fill(library, one=one, two=two, three=three, four=four)
    found = walked(library, ("one",), ("two", "three"), ("four",), newest_first=newest_first, queries=queries)
    shared = one & (two | three) & four
    assert found == sorted(set(found), reverse=newest_first)
    assert [image_id for image_id in found if image_id in shared] == sorted(shared, reverse=newest_first)
    if queries == 100:
        assert set(found) == shared


def test_lists_that_share_nothing_come_to_an_end(library: str) -> None:
    every = ids(60)
    fill(library, even=set(every[::2]), odd=set(every[1::2]))
    assert walked(library, ("even",), ("odd",)) == []


def test_a_term_that_nobody_has_ends_the_walk_at_once(library: str) -> None:
    fill(library, one=set(ids(30)))
    with hooks.counted_calls() as calls:
        assert walked(library, ("one",), ("none",)) == []
    assert calls["dynamodb.Query"] == 2


def test_a_short_list_leaves_the_rest_to_the_records(library: str) -> None:
    every = ids(60)
    fill(library, common=set(every), rare={every[3], every[50]})
    with hooks.counted_calls() as calls:
        assert walked(library, ("common",), ("rare",)) == [every[50], every[3]]
    assert calls["dynamodb.Query"] == 2


def test_a_walk_stays_within_its_span(library: str) -> None:
    every = ids(30)
    fill(library, one=set(every))
    for newest_first in (True, False):
        walk = Walk(library, [("one",)], span=Span(every[5], every[20]), newest_first=newest_first, limit=8, queries=99)
        assert sorted(walk.take(100)) == every[5:21]


def test_a_span_that_is_none_is_empty(library: str) -> None:
    every = ids(3)
    fill(library, one=set(every))
    walk = Walk(library, [("one",)], span=Span(every[2], every[0]), newest_first=True, limit=8, queries=99)
    assert (walk.take(5), walk.ended) == ([], True)


def test_a_term_spread_over_shards_is_one_list(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    every = ids(40)
    before, after = set(every[:20]), set(every[20:])
    fill(library, all=before)
    monkeypatch.setattr(terms, "conf", dataclasses.replace(terms.conf, term_shards=4))
    fill(library, all=after)
    assert {terms.partitions(library, terms.ALL)[0]} < set(terms.partitions(library, terms.ALL))
    assert walked(library, (terms.ALL,)) == every[::-1]
    for image_id in every:
        terms.remove(library, [terms.ALL], image_id)
    assert walked(library, (terms.ALL,)) == []
