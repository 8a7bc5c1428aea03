"""There is always room between two ranks, and what is appended comes last."""

from __future__ import annotations

import random
import time

import pytest

from media_pipeline.albums.ranks import DIGITS, MAX_LENGTH, at_the_end, between


@pytest.mark.parametrize("place", ["anywhere", "start", "second", "end"])
def test_thousands_of_moves_keep_the_order(place: str) -> None:
    dice = random.Random(4)  # noqa: S311 - no secret
    ranks = at_the_end(20)
    for _ in range(1500):
        at = {"anywhere": dice.randrange(len(ranks) + 1), "start": 0, "second": 1, "end": len(ranks)}[place]
        low, high = ranks[at - 1] if at else "", ranks[at] if at < len(ranks) else None
        rank = between(low, high)
        assert low < rank
        assert high is None or rank < high
        assert not rank.endswith(DIGITS[0])
        ranks.insert(at, rank)
    assert max(map(len, ranks)) < MAX_LENGTH


def test_what_is_appended_later_comes_later() -> None:
    first = at_the_end(500)
    time.sleep(0.002)
    assert sorted(set(first)) == first
    assert at_the_end(1)[0] > first[-1]
