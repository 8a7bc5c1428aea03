"""A changed policy reaches the verdicts that were taken over; nobody's decision on an image itself is touched."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from media_pipeline.record.models import UNFINISHED_SHARDS, Image, ReviewState, Status, Term
from media_pipeline.review import acts, audit, judgement, policy, rejudging
from media_pipeline.review.acts import FlagKind
from media_pipeline.review.policy import Policy
from media_pipeline.review.verdicts import Outcome, Verdict
from tests.support.pictures import new_jpeg
from tests.support.rekognition_stub import RekognitionStub
from tests.support.uploads import processed, reread

pytestmark = pytest.mark.usefixtures("aws", "no_other_families")
VIOLENCE = ("Violence", "", 1, 60.0)


@pytest.fixture
def no_other_families(fresh_policy: None) -> Iterator[None]:
    def remove() -> None:
        policy.PolicyItem(rejudging.Walk.PK, version=0, body="").delete()
        for shard in range(UNFINISHED_SHARDS):
            for term in Term.query(f"{judgement.SOURCES}|{shard}"):
                term.delete()

    remove()
    yield
    remove()


@pytest.fixture
def family(rekognition: RekognitionStub) -> list[Image]:
    """A source and two heirs with a label of 60, under the threshold of 80."""
    rekognition.finds_labels(VIOLENCE)
    data = new_jpeg(320, 240)
    return [processed(data, owner=owner) for owner in ("one", "two", "three")]


def publish(version: int, threshold: float) -> None:
    policy.publish(Policy(version=version, thresholds={"Violence": threshold}, sample_rate=0))


def go_on(seconds: float = 60) -> int:
    return rejudging.go_on(deadline=time.monotonic() + seconds)


def statuses(family: list[Image]) -> list[Status]:
    return [reread(record).status for record in family]


def test_a_policy_that_makes_no_difference_writes_nothing(family: list[Image]) -> None:
    assert statuses(family) == [Status.READY] * 3
    publish(2, 61)
    before = [reread(record).revision for record in family]
    assert go_on() == 0
    assert [reread(record).revision for record in family] == before


def test_a_stricter_policy_sends_them_to_review(family: list[Image]) -> None:
    publish(2, 50)
    assert go_on() == 3
    assert statuses(family) == [Status.IN_REVIEW] * 3
    heir = reread(family[1])
    assert [flag["kind"] for flag in heir.flags] == [FlagKind.LABEL]
    assert (heir.moderation["policy"], heir.moderation["thresholds"]) == (2, {"Violence": 50.0})
    assert audit.is_intact(heir)


def test_once_asked_they_are_not_asked_again(family: list[Image]) -> None:
    publish(2, 50)
    go_on()
    revisions = [reread(record).revision for record in family]
    assert go_on() == 0
    policy.PolicyItem(rejudging.Walk.PK, version=0, body="").delete()  # as if the walk had been forgotten
    assert go_on() == 0
    assert [reread(record).revision for record in family] == revisions


def test_a_verdict_by_people_is_reopened_for_heirs_alone(family: list[Image]) -> None:
    publish(2, 50)
    go_on()
    source = acts.decide(reread(family[0]), Verdict(Outcome.REMOVE), by="mod")
    for heir in family[1:]:
        acts.follow(reread(heir), source)
    assert statuses(family) == [Status.REJECTED] * 3
    publish(3, 90)
    assert go_on() == 2
    assert statuses(family) == [Status.REJECTED, Status.IN_REVIEW, Status.IN_REVIEW]
    assert audit.trail(reread(family[1]))[-1].details["reason"] == "The policy changed (version 3)."


def test_a_decision_on_the_heir_itself_stays(family: list[Image]) -> None:
    publish(2, 50)
    go_on()
    acts.decide(reread(family[1]), Verdict(Outcome.ALLOW), by="mod")
    publish(3, 90)
    go_on()
    assert reread(family[1]).review == ReviewState.ALLOWED


def test_what_is_held_stays_held(family: list[Image]) -> None:
    acts.hold(reread(family[1]), because="seen", by="mod")
    publish(2, 50)
    go_on()
    assert reread(family[1]).review == ReviewState.CHILD_SAFETY


def test_out_of_time_it_goes_on_where_it_stopped(family: list[Image]) -> None:
    publish(2, 50)
    changed, rounds = 0, 0
    while statuses(family) != [Status.IN_REVIEW] * 3:
        changed += go_on(seconds=-1)
        rounds += 1
        assert rounds < 100
    assert changed == 3


def test_a_policy_published_in_between_starts_anew(family: list[Image]) -> None:
    publish(2, 61)
    go_on()
    publish(3, 50)
    assert go_on() == 3


def test_heirs_whose_source_is_gone_are_asked_all_the_same(family: list[Image]) -> None:
    family[0].delete()
    publish(2, 50)
    assert go_on() == 2
    assert statuses(family[1:]) == [Status.IN_REVIEW] * 2
