from __future__ import annotations

import pytest

from media_pipeline.library import wording


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (75_400, "75 kB"), (999_499, "999 kB"), (999_500, "1.0 MB")],
)
def test_sizes_count_in_decimal_units(count: int, text: str) -> None:
    assert wording.size(count) == text


def test_a_time_is_written_as_the_camera_saw_it() -> None:
    assert wording.moment("2026-09-12T10:42:03+09:00") == "Sat 12 Sep 2026, 10:42"
    assert wording.moment("2026-09-12T10:42:03") == "Sat 12 Sep 2026, 10:42"


def test_what_is_no_date_stays_as_it_is() -> None:
    assert wording.moment("last summer") == "last summer"


def test_a_place_names_its_hemispheres() -> None:
    assert wording.place(-33.8568, 151.2153) == "33.85680° S, 151.21530° E"
    assert wording.place(0, -0.5) == "0.00000° N, 0.50000° W"


@pytest.mark.parametrize(
    ("before", "after", "text"), [(1000, 170, "−83\u2009%"), (1000, 1000, ""), (1000, 2000, ""), (0, 1, "")]
)
def test_a_saving_is_only_told_when_there_is_one(before: int, after: int, text: str) -> None:
    assert wording.saving(before, after) == text


@pytest.mark.parametrize(("days", "text"), [(27, "27 days left"), (1, "1 day left"), (0, "Last day"), (-2, "Last day")])
def test_days_left(days: int, text: str) -> None:
    assert wording.days_left(days) == text
