"""Trying thresholds on what was found, and publishing them."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from media_pipeline.errors import ConflictError, InvalidRequestError, NotAllowedError, TemporaryError
from media_pipeline.record.models import new_image_id
from media_pipeline.review import policy
from media_pipeline.review.policy import Policy
from moderation.models import Score, Thresholds
from moderation.services.cases import thresholds
from tests.support.moderators import People


def random_scores(count: int) -> list[Score]:
    dice = random.Random(7)  # noqa: S311 - a test's dice
    names = [("Violence", ""), ("Weapons", "Violence"), ("Alcohol", "")]
    return [
        Score(
            image_id=new_image_id(),
            at=timezone.now(),
            labels=[[name, parent, 1 + bool(parent), round(dice.uniform(30, 100), 1)] for name, parent in names],
            is_sample=dice.random() < 0.2,
            verdict=dice.choice(["", "allow", "remove", "restrict"]),
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize(
    "rules",
    [Policy(default_threshold=80), Policy(default_threshold=95, thresholds={"Violence": 50, "Alcohol": 100})],
)
def test_a_replay_equals_counting_by_hand(rules: Policy) -> None:
    scores = random_scores(400)
    flagged, decided, unwanted, sampled, found = 0, 0, 0, 0, 0
    for score in scores:
        confidence = {label[0]: label[3] for label in score.labels}
        violence = rules.thresholds.get("Violence", rules.default_threshold)
        hit = (
            confidence["Violence"] >= violence
            or confidence["Weapons"] >= violence
            or confidence["Alcohol"] >= rules.thresholds.get("Alcohol", rules.default_threshold)
        )
        bad = score.verdict in {"remove", "restrict"}
        flagged += hit
        decided += hit and score.verdict != ""
        unwanted += hit and bad
        sampled += score.is_sample and bad
        found += score.is_sample and bad and hit
    result = thresholds.replay(rules, scores)
    assert (result.flagged, result.decided, result.unwanted) == (flagged, decided, unwanted)
    assert result.precision == unwanted / decided
    assert result.recall == found / sampled


def test_without_decisions_there_is_no_precision_to_claim() -> None:
    score = Score(image_id="x", at=timezone.now(), labels=[["Alcohol", "", 1, 90.0]])
    result = thresholds.replay(Policy(), [score])
    assert (result.flagged, result.precision, result.recall) == (1, None, None)


@pytest.mark.usefixtures("aws")
class TestPublishing:
    @pytest.fixture(autouse=True)
    def the_real_policy(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.undo()  # of what keeps random reviews out of other tests
        yield
        policy.PolicyItem(policy.CURRENT, version=0, body="{}").save()
        policy.clear_cache()

    def test_the_pipeline_reads_what_was_published(self, people: People) -> None:
        row = thresholds.publish(people("lead"), Policy(default_threshold=70, thresholds={"Alcohol": 99}), "too many")
        policy.clear_cache()
        assert policy.current() == Policy(row.version, 70, {"Alcohol": 99}, 0.001, 0.02)

    def test_versions_go_up_and_keep_their_reasons(self, people: People) -> None:
        first = thresholds.publish(people("lead"), Policy(default_threshold=70), "too many")
        second = thresholds.publish(people("lead"), Policy(default_threshold=75), "too few")
        assert second.version == first.version + 1
        assert [row.reason for row in Thresholds.objects.all()] == ["too few", "too many"]

    def test_what_the_pipeline_was_not_told_is_not_kept(self, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
        def down(rules: Policy) -> None:
            raise TemporaryError("DynamoDB did not answer as it should (no connection).")

        with monkeypatch.context() as outage:
            outage.setattr(policy, "publish", down)
            with pytest.raises(TemporaryError):
                thresholds.publish(people("lead"), Policy(default_threshold=70), "too many")
        assert not Thresholds.objects.exists()

    def test_an_older_version_does_not_replace_a_newer_one(self, people: People) -> None:
        row = thresholds.publish(people("lead"), Policy(default_threshold=70), "too many")
        with pytest.raises(ConflictError):
            policy.publish(Policy(row.version))

    def test_it_takes_a_reason_and_the_right(self, people: People) -> None:
        with pytest.raises(InvalidRequestError):
            thresholds.publish(people("lead"), Policy(), " ")
        with pytest.raises(NotAllowedError):
            thresholds.publish(people("senior"), Policy(), "because")

    def test_the_page_shows_the_difference_before_publishing(self, people: People) -> None:
        Score.objects.bulk_create(random_scores(50))
        client = Client()
        client.force_login(people.user("lead"))
        said = {"default_threshold": "40", "sample_percent": "0.1", "second_percent": "2", "reason": "", "try": "yes"}
        body = client.post("/admin/thresholds", said).content.decode()
        now, then = (thresholds.replay(Policy(default_threshold=at), Score.objects.all()).flagged for at in (80, 40))
        assert f"+{then - now}" in body
        assert not Thresholds.objects.exists()
