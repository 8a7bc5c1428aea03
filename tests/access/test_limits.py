"""The clock stands still unless the test moves it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from config.local_aws.emulator import Emulator
from media_pipeline.access import limits
from media_pipeline.access.limits import Limit, end, give_back, take
from media_pipeline.errors import TemporaryError
from media_pipeline.record.models import new_image_id
from tests.support.hooks import failing, written_units

NOON = 1_795_435_200.0  # 2026-11-23, 12:00 UTC
FEW = Limit("few", burst=3, interval=2)
NETWORK = limits.network  # before each test gets an address of its own


@pytest.fixture
def pass_time(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = NOON
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: now))

    def forward(seconds: float) -> None:
        nonlocal now
        now += seconds

    return forward


def new_caller() -> str:
    return f"key|{new_image_id()}"


def test_nothing_is_let_through_beyond_the_burst(pass_time: Callable[[float], None]) -> None:
    caller = new_caller()
    taken = [take(FEW, caller) for _ in range(5)]
    assert [each.is_allowed for each in taken] == [True, True, True, False, False]
    assert [each.left for each in taken] == [2, 1, 0, 0, 0]
    assert [each.wait for each in taken] == [0, 0, 0, 2, 2]
    assert taken[-1].full_in == 6


def test_what_was_refused_costs_nothing_later(pass_time: Callable[[float], None]) -> None:
    caller = new_caller()
    for _ in range(9):
        take(FEW, caller)
    pass_time(2)
    assert [take(FEW, caller).is_allowed for _ in range(2)] == [True, False]


def test_the_day_has_an_end_and_the_wait_leads_to_it(pass_time: Callable[[float], None]) -> None:
    limit, caller = Limit("day", burst=2, interval=0.001, per_day=3), new_caller()
    left = []
    for _ in range(4):
        pass_time(10)
        left.append(take(limit, caller))
    assert [each.is_allowed for each in left] == [True, True, True, False]
    assert [each.left_today for each in left] == [2, 1, 0, 0]
    assert left[-1].wait == left[-1].day_ends_in == 12 * 3600 - 40
    pass_time(left[-1].wait)
    assert take(limit, caller).left_today == 2


def test_the_rate_holds_for_as_long_as_one_likes(pass_time: Callable[[float], None]) -> None:
    caller = new_caller()
    allowed = 0
    for _ in range(40):
        allowed += take(FEW, caller).is_allowed
        pass_time(0.5)
    assert allowed == 3 + 20 / 2 - 1  # the burst, and one every two seconds until the last call


def test_callers_do_not_share(pass_time: Callable[[float], None]) -> None:
    busy, other = new_caller(), new_caller()
    for _ in range(4):
        take(FEW, busy)
    assert take(FEW, other).is_allowed
    assert take(Limit("another", burst=1, interval=1), busy).is_allowed


def test_what_is_given_back_can_be_taken_again(pass_time: Callable[[float], None]) -> None:
    caller = new_caller()
    for _ in range(4):
        take(FEW, caller)
    give_back(FEW, caller)
    assert take(FEW, caller).left == 2


def test_what_a_caller_was_given_ends_when_somebody_says_so(pass_time: Callable[[float], None]) -> None:
    caller, other = new_caller(), new_caller()
    assert [take(FEW, each).ended_at for each in (caller, other)] == [0, 0]
    end(FEW, caller, seconds=600)
    pass_time(5)
    with written_units() as units:
        assert [take(FEW, each).ended_at for each in (caller, other)] == [NOON, 0]
    assert units == {"limits": 2}


def test_it_ends_for_a_caller_without_a_call(pass_time: Callable[[float], None]) -> None:
    """Calls are counted afterwards as before."""
    caller = new_caller()
    end(FEW, caller, seconds=600)
    taken = [take(FEW, caller) for _ in range(4)]
    assert [each.is_allowed for each in taken] == [True, True, True, False]
    assert {each.ended_at for each in taken} == {NOON}


def test_midnight_does_not_bring_back_what_has_ended(pass_time: Callable[[float], None]) -> None:
    caller = new_caller()
    pass_time(12 * 3600 - 60)
    end(FEW, caller, seconds=600)
    pass_time(120)
    assert take(FEW, caller).ended_at == NOON + 12 * 3600 - 60


def test_calls_at_the_same_moment_get_no_more_than_there_is(pass_time: Callable[[float], None]) -> None:
    caller, allowed = new_caller(), []
    limit = Limit("rush", burst=5, interval=60)

    def rush() -> None:
        for _ in range(4):
            allowed.append(take(limit, caller).is_allowed)  # noqa: PERF401 - appending is atomic, extending is not

    threads = [threading.Thread(target=rush) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == 5


def test_a_call_is_one_write_and_within_a_burst_two(pass_time: Callable[[float], None]) -> None:
    caller = new_caller()
    with written_units() as units:
        take(FEW, caller)
        pass_time(5)
        take(FEW, caller)
    assert units == {"limits": 2}
    with written_units() as units:
        take(FEW, caller)
    assert units["limits"] <= 2  # the emulator does not report a condition that failed; AWS charges for it


def test_what_is_stored_goes_away_by_itself(aws: Emulator, pass_time: Callable[[float], None]) -> None:
    caller = new_caller()
    take(FEW, caller)
    stored = aws.root_client("dynamodb").get_item(
        TableName="darkroom-local-limits", Key={"pk": {"S": f"limit|few|{caller}|2026-11-23"}}
    )["Item"]
    assert int(stored["ttl"]["N"]) == NOON + 12 * 3600 + 3600


def test_it_says_so_when_dynamodb_does_not_count(pass_time: Callable[[float], None]) -> None:
    with failing("dynamodb.UpdateItem", times=4), pytest.raises(TemporaryError):
        take(FEW, new_caller())


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
        ("x" * 5000, "unknown"),
    ],
)
def test_addresses_stand_for_those_who_have_them(address: str, expected: str) -> None:
    assert NETWORK(address) == expected
