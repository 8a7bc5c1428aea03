"""Images that were flagged, people with every role, and the stream. Imports are inside: Django is not set up yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from config.local_aws.emulator import Emulator
from tests.rekognition_stub import RekognitionStub

if TYPE_CHECKING:
    from media_pipeline.models import Image
    from tests.moderation.world import People, Stream

Labels = tuple[tuple[str, str, int, float], ...]
EXPLICIT: Labels = (("Explicit", "", 1, 97.0), ("Explicit Nudity", "Explicit", 2, 97.0))


@pytest.fixture
def stream(aws: Emulator, db: None) -> Stream:
    from tests.moderation.world import Stream

    return Stream(aws)


@pytest.fixture(autouse=True)
def no_random_reviews(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of images that a test makes, none is drawn unless the test says so."""
    from media_pipeline import policy
    from media_pipeline.policy import Policy

    monkeypatch.setattr(policy, "current", lambda: Policy(sample_rate=0, second_review_rate=0))


@pytest.fixture
def people(db: None) -> People:
    from moderation.roles import create_groups
    from moderation.services import policies
    from tests.moderation.world import People

    create_groups()
    policies.create_defaults()
    return People()


@pytest.fixture
def flagged(aws: Emulator, people: People, rekognition: RekognitionStub) -> Callable[..., Image]:
    """An image that went through the pipeline, was flagged, and has its case: `flagged(seed=3, labels=EXPLICIT)`."""
    from moderation.services import projection
    from tests.pictures import make_jpeg
    from tests.uploads import processed

    seeds = iter(range(10_000, 20_000))

    def make(*, labels: Labels = EXPLICIT, owner: str = "alice", **more: Any) -> Image:
        rekognition.finds_labels(*labels)
        record = processed(make_jpeg(seed=more.pop("seed", next(seeds))), owner=owner, **more)
        rekognition.reset()
        projection.project(record)
        return record

    return make


@pytest.fixture
def waiting(aws: Emulator, people: People) -> Callable[..., Image]:
    """An image that waits for a decision, without the pipeline's work; cheap, for tests that need many."""
    from media_pipeline import reviews
    from media_pipeline.models import Image
    from media_pipeline.reviews import Flag, FlagKind
    from moderation.services import projection
    from tests.uploads import announced, reread

    def make(*, owner: str = "alice", labels: Labels = EXPLICIT, **more: Any) -> Image:
        record = announced(owner=owner, **more)
        found = {
            "labels": [list(label) for label in labels],
            "thresholds": {label[0]: 80.0 for label in labels},
            "model": "7.0",
            "policy": 0,
            "judgeable": True,
        }
        record.change(
            [
                Image.version_id.set("1"),
                Image.unfinished.remove(),
                Image.moderation.set(found),
                Image.width.set(640),
                Image.height.set(480),
            ],
            Image.image_id.exists(),
        )
        reviews.flag(record, [Flag(FlagKind.LABEL, label[0], label[3]) for label in labels])
        projection.project(record)
        return reread(record)

    return make
