"""The moderation policy in force: thresholds by label, and how many images are reviewed at random.

Moderators edit it in SQL; publishing puts a versioned item into DynamoDB, and the pipeline reads only that.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from media_pipeline.aws.dynamodb import Item
from media_pipeline.aws.rekognition import ModerationLabel
from media_pipeline.conf import conf
from media_pipeline.errors import ConflictError

CURRENT = "policy|current"
MODEL = "model|moderation"


@dataclass(frozen=True, slots=True)
class Policy:
    """`thresholds` holds what differs from `default_threshold`, by label; a label without one takes its parent's."""

    version: int = 0
    default_threshold: float = 80.0
    thresholds: Mapping[str, float] = field(default_factory=dict)
    sample_rate: float = 0.001
    second_review_rate: float = 0.02

    def threshold(self, label: ModerationLabel) -> float:
        return self.thresholds.get(label.name, self.thresholds.get(label.parent, self.default_threshold))

    def over_threshold(self, labels: Iterable[ModerationLabel]) -> list[ModerationLabel]:
        return [label for label in labels if label.confidence >= self.threshold(label)]

    def samples(self, image_id: str) -> bool:
        """Whether this image is one of those reviewed at random; the same answer however often it is asked."""
        return draw("sample", image_id) < self.sample_rate

    def reviews_twice(self, image_id: str) -> bool:
        """Whether two people decide on this image, to see how often they agree."""
        return draw("second", image_id) < self.second_review_rate


def draw(purpose: str, image_id: str) -> float:
    """From 0 to 1, evenly, and always the same for the same image."""
    return zlib.crc32(f"{purpose}|{image_id}".encode()) / 2**32


class PolicyItem(Item):
    class Meta:
        table_name = conf.limits_table
        region = conf.region

    pk = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    body = UnicodeAttribute()


_cached: tuple[float, Policy] | None = None
_model = ""


def current() -> Policy:
    """The published policy, at most a minute old; the defaults while none has been published."""
    global _cached  # noqa: PLW0603 - one read a minute and function, not one an image
    if _cached is None or time.monotonic() - _cached[0] > conf.policy_cache_seconds:
        item = PolicyItem.load(CURRENT)
        _cached = (time.monotonic(), Policy(**json.loads(item.body if item else "{}")))
    return _cached[1]


def publish(policy: Policy) -> None:
    """Make it the one in force; ConflictError when somebody published another of this or a later version."""
    body = json.dumps(asdict(policy))
    newer = PolicyItem.version.does_not_exist() | (PolicyItem.version < policy.version)
    if not PolicyItem(CURRENT, version=policy.version, body=body).put_if(newer):
        raise ConflictError("Another policy was published meanwhile. Look at it, then publish again.")
    PolicyItem(f"policy|{policy.version}", version=policy.version, body=body).save()
    clear_cache()


def current_model() -> str:
    """The moderation model that answered last, as any function saw it; "" before the first answer."""
    global _model  # noqa: PLW0603 - see current()
    if not _model:
        item = PolicyItem.load(MODEL)
        _model = item.body if item else ""
    return _model


def note_model(model: str) -> None:
    """Remember the model of an answer; verdicts made by another one are not taken over any more."""
    global _model  # noqa: PLW0603 - see current()
    if model != current_model():
        PolicyItem(MODEL, version=0, body=model).save()
        _model = model


def clear_cache() -> None:
    """Read the policy anew at the next use."""
    global _cached, _model
    _cached, _model = None, ""
