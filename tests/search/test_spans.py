from __future__ import annotations

import datetime as dt

import pytest

from media_pipeline.search.spans import NEWEST, OLDEST, Span, step
from tests.search.stored_images import id_of

DAY = dt.date(2026, 5, 17)


def test_a_day_holds_its_first_and_its_last_millisecond() -> None:
    """And none of other days."""
    span = Span.of_days(DAY, DAY)
    assert span.oldest <= id_of("2026-05-17") < id_of("2026-05-17T23:59:59.999", 2**80 - 1) <= span.newest
    assert id_of("2026-05-16T23:59:59.999", 2**80 - 1) < span.oldest
    assert span.newest < id_of("2026-05-18")


def test_a_month_ends_where_the_next_begins() -> None:
    december, january = Span.of_month(dt.date(2026, 12, 1)), Span.of_month(dt.date(2027, 1, 1))
    assert step(december.newest, 1) == january.oldest


@pytest.mark.parametrize("day", [dt.date.min, dt.date(1969, 12, 31), dt.date(1970, 1, 1), dt.date.max])
def test_days_that_no_id_can_have_are_spans_all_the_same(day: dt.date) -> None:
    for span in (Span.of_days(day, None), Span.of_days(None, day), Span.of_days(day, day)):
        assert OLDEST <= span.oldest <= NEWEST
        assert OLDEST <= span.newest <= NEWEST


def test_there_is_nothing_beyond_the_ends() -> None:
    assert step(NEWEST, 1) == NEWEST
    assert step(OLDEST, -1) == OLDEST
    assert step(step("01M846S3WHH27AMWYZJ60RWW00", -1), 1) == "01M846S3WHH27AMWYZJ60RWW00"
