"""Images that wait for a decision, without the pipeline's work; cheap, for tests that need many."""

from __future__ import annotations

from functools import cache
from typing import Any

from media_pipeline.imaging.blur import blurred
from media_pipeline.imaging.encoders import encode_jpeg
from media_pipeline.record.models import BLURRED, Image, Rendition
from media_pipeline.review import acts
from media_pipeline.review.acts import Flag, FlagKind
from media_pipeline.storage import buckets
from moderation.services.cases import projection
from tests.support.aws import as_role
from tests.support.pictures import make_picture
from tests.support.uploads import announced, reread

WEAPONS = (("Violence", "", 1, 91.0), ("Weapons", "Violence", 2, 91.0))
Labels = tuple[tuple[str, str, int, float], ...]
EXPLICIT: Labels = (("Explicit", "", 1, 97.0), ("Explicit Nudity", "Explicit", 2, 97.0))


def waiting_image(*, owner: str = "alice", labels: Labels = EXPLICIT, picture: bool = False, **facts: Any) -> Image:
    """A record with a flag, and its case; with `picture`, the renditions that reviewers see as well."""
    with as_role("pipeline"):
        described = {name: facts.pop(name) for name in ("filename", "title") if name in facts}
        record = announced(owner=owner, **described)
        found = {
            "labels": [list(label) for label in labels],
            "thresholds": {label[0]: 80.0 for label in labels},
            "model": "7.0",
            "policy": 0,
            "judgeable": True,
        }
        values = {"version_id": "1", "width": 640, "height": 480, "moderation": found, **facts}
        if picture:
            values["renditions"] = {"large": ["jpeg", 600, 450, len(clear_bytes())]}
            buckets.put_rendition(record.image_id, Rendition("large", "jpeg", 600, 450, 0), clear_bytes())
            buckets.put_rendition(record.image_id, Rendition(BLURRED, "jpeg", 640, 480, 0), blurred_bytes())
        actions = [getattr(Image, name).set(value) for name, value in values.items()]
        record.change([*actions, Image.unfinished.remove()], Image.image_id.exists())
        flags = [Flag(FlagKind.LABEL, label[0], label[3]) for label in labels if label[3] >= 80]
        acts.flag(record, flags or [Flag(FlagKind.SAMPLE)])
        projection.project(record)
        return reread(record)


@cache
def clear_bytes() -> bytes:
    return encode_jpeg(make_picture(600, 450, seed=5), quality=80)


@cache
def blurred_bytes() -> bytes:
    return encode_jpeg(blurred(make_picture(600, 450, seed=5)), quality=60)
