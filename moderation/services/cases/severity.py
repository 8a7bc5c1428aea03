"""How bad, and why a person looks: one label, one number and one reason of all that was flagged."""

from __future__ import annotations

from dataclasses import dataclass

from media_pipeline.aws.rekognition import ModerationLabel
from media_pipeline.record import labels
from media_pipeline.record.models import Image
from media_pipeline.review import acts
from moderation.models import ContentPolicy, ReviewCase

SEVERE = 4  # from here on two people decide
# Which reason a case is shown under when it has several, and how severe that reason is by itself.
REASONS = {
    acts.FlagKind.KNOWN_HASH: 4,
    acts.FlagKind.LABEL: 1,
    acts.FlagKind.REPORT: 2,
    acts.FlagKind.NEAR_DUPLICATE: 2,
    acts.FlagKind.NOT_JUDGEABLE: 1,
    acts.FlagKind.SAMPLE: 1,
}


@dataclass(frozen=True, slots=True)
class Weighed:
    source: str
    severity: int
    reports: int
    label: str = ""
    confidence: float | None = None
    threshold: float | None = None


def weigh(record: Image) -> Weighed:
    flags = acts.flags_of(record)
    kinds = [kind for kind in REASONS if any(flag.kind is kind for flag in flags)]
    moderation = record.moderation or {}
    found = labels.moderating(record)
    thresholds = moderation.get("thresholds", {})
    flagged = {flag.about for flag in flags if flag.kind is acts.FlagKind.LABEL}
    # Of a label and its parents, which have the same confidence, the most specific tells most.
    top = max(found, key=lambda label: (label.name in flagged, label.confidence, label.level), default=None)
    by_reason = max((REASONS[kind] for kind in kinds), default=1)
    by_label = max((policy.severity for policy in policies_against(found, flagged)), default=1)
    return Weighed(
        source=ReviewCase.Source(kinds[0].value if kinds else "sample"),
        severity=max(by_reason, by_label),
        reports=sum(flag.kind is acts.FlagKind.REPORT for flag in flags),
        label=top.name if top else "",
        confidence=top.confidence if top else None,
        threshold=thresholds.get(top.name) if top else None,
    )


def policies_against(found: list[ModerationLabel], flagged: set[str]) -> list[ContentPolicy]:
    """The policies that these flagged labels suggest, the most severe first."""
    if not flagged:
        return []
    parents = {label.name: label.parent for label in found}
    roots = {_root(name, parents) for name in flagged}
    policies = [policy for policy in ContentPolicy.objects.filter(is_active=True) if roots & set(policy.labels)]
    return sorted(policies, key=lambda policy: -policy.severity)


def _root(name: str, parents: dict[str, str]) -> str:
    """The label of the top level above it."""
    for _ in range(5):
        if not parents.get(name):
            return name
        name = parents[name]
    return name
