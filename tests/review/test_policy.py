"""The policy by itself: thresholds, the random share, and two who publish at once."""

from __future__ import annotations

import pytest

from media_pipeline.aws.rekognition import ModerationLabel
from media_pipeline.errors import ConflictError
from media_pipeline.review import policy
from media_pipeline.review.policy import Policy


def test_the_random_share_is_what_the_policy_says() -> None:
    rules = Policy(sample_rate=0.1)
    assert sum(rules.samples(f"image-{number}") for number in range(10_000)) == pytest.approx(1000, rel=0.15)


@pytest.mark.usefixtures("fresh_policy")
def test_of_two_policies_published_at_once_neither_is_lost() -> None:
    policy.publish(Policy(version=2))
    with pytest.raises(ConflictError):
        policy.publish(Policy(version=2, default_threshold=1.0))
    assert policy.current() == Policy(version=2)


def test_a_label_without_a_threshold_takes_its_parents() -> None:
    rules = Policy(default_threshold=80, thresholds={"Violence": 40})
    assert rules.threshold(ModerationLabel("Weapons", "Violence", 2, 1)) == 40
    assert rules.threshold(ModerationLabel("Gambling", "", 1, 1)) == 80
