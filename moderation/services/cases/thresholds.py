"""Thresholds: tried on what was really found, then published as a new version that the pipeline reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max

from media_pipeline.errors import InvalidRequestError
from media_pipeline.record import labels
from media_pipeline.review import policy
from media_pipeline.review.policy import Policy
from moderation.models import ContentPolicy, ReviewCase, Score, Thresholds
from moderation.roles import May, Moderator

MAX_SCORES = 50_000  # the newest scores; a replay must answer while somebody waits
UNWANTED = frozenset({ReviewCase.Verdict.REMOVE.value, ReviewCase.Verdict.RESTRICT.value})


@dataclass(slots=True)
class Replay:
    """What a policy would have done with the stored scores.

    Precision is over the flagged images that people decided on; recall over the random sample, the only images that
    are looked at whatever their scores.
    """

    flagged: int = 0
    decided: int = 0
    unwanted: int = 0
    sampled_unwanted: int = 0
    sampled_found: int = 0
    by_label: dict[str, int] = field(default_factory=dict)

    @property
    def precision(self) -> float | None:
        return self.unwanted / self.decided if self.decided else None

    @property
    def recall(self) -> float | None:
        return self.sampled_found / self.sampled_unwanted if self.sampled_unwanted else None


def scores() -> list[Score]:
    return list(Score.objects.order_by("-at")[:MAX_SCORES])


def replay(rules: Policy, over: Iterable[Score]) -> Replay:
    result = Replay()
    for score in over:
        found = rules.over_threshold(labels.read_moderation(score.labels))
        unwanted = score.verdict in UNWANTED
        if score.is_sample and unwanted:
            result.sampled_unwanted += 1
            result.sampled_found += bool(found)
        if not found:
            continue
        result.flagged += 1
        if score.verdict:
            result.decided += 1
            result.unwanted += unwanted
        for label in found:
            result.by_label[label.name] = result.by_label.get(label.name, 0) + 1
    return result


def curve(rules: Policy, over: Iterable[Score]) -> list[tuple[int, int]]:
    """How many images would be flagged if the default threshold were this, for every fifth percent."""
    kept = list(over)
    return [(percent, replay(_with_default(rules, percent), kept).flagged) for percent in range(30, 101, 5)]


def _with_default(rules: Policy, percent: float) -> Policy:
    return Policy(rules.version, percent, rules.thresholds, rules.sample_rate, rules.second_review_rate)


def known_labels(over: Iterable[Score]) -> list[str]:
    """Labels that a threshold can be given for: those of policies, those found, those that have one."""
    names = {label.name for score in over for label in labels.read_moderation(score.labels)}
    for of_policy in ContentPolicy.objects.values_list("labels", flat=True):
        names |= set(of_policy)
    return sorted(names | set(policy.current().thresholds))


def publish(viewer: Moderator, proposed: Policy, reason: str) -> Thresholds:
    """Put a new version in force; nothing is kept in SQL when the pipeline could not be told."""
    viewer.require(May.EDIT_THRESHOLDS)
    if not reason.strip():
        raise InvalidRequestError("Say why the thresholds change.", field="reason")
    policy.clear_cache()
    with transaction.atomic():
        newest = Thresholds.objects.aggregate(newest=Max("version"))["newest"] or 0
        version = max(newest, policy.current().version) + 1
        row = Thresholds.objects.create(
            version=version,
            default_threshold=proposed.default_threshold,
            by_label=dict(proposed.thresholds),
            sample_rate=proposed.sample_rate,
            second_review_rate=proposed.second_review_rate,
            reason=reason.strip(),
            by_id=viewer.id,
        )
        policy.publish(
            Policy(
                version,
                proposed.default_threshold,
                dict(proposed.thresholds),
                proposed.sample_rate,
                proposed.second_review_rate,
            )
        )
    return row
