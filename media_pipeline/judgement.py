"""From what was recognised to what is to be done: nothing, a review, or the verdict on the same bytes again."""

from __future__ import annotations

from typing import Any

from media_pipeline import known_hashes, likeness, policy, reviews, search
from media_pipeline.models import Image, ReviewState
from media_pipeline.rekognition import Moderation, ModerationLabel
from media_pipeline.reviews import Flag, FlagKind

HEIRS = "heirs"  # across libraries; by the image whose verdict they took over


def facts(answer: Moderation | None) -> dict[str, Any]:
    """What a record keeps under `moderation`; None is an image that could not be looked at.

    Labels are [name, parent, level, confidence]; the thresholds in force stand beside them, so that a verdict can be
    understood after the policy has changed.
    """
    rules = policy.current()
    if answer is None:
        return {"labels": [], "model": "", "content_types": [], "policy": rules.version, "judgeable": False}
    policy.note_model(answer.model)
    return {
        "labels": [[label.name, label.parent, label.level, label.confidence] for label in answer.labels],
        "thresholds": {label.name: rules.threshold(label) for label in answer.labels},
        "model": answer.model,
        "content_types": list(answer.content_types),
        "policy": rules.version,
        "judgeable": True,
    }


def labels_of(record: Image) -> list[ModerationLabel]:
    return [ModerationLabel(*label) for label in (record.moderation or {}).get("labels", ())]


def twin_of(record: Image) -> Image | None:
    """A finished image with the same bytes, judged under the policy and by the model in force."""
    rules, model = policy.current(), policy.current_model()
    for other in search.with_content(record.sha256):
        judged = other.moderation or {}
        if (
            other.image_id != record.image_id
            and other.unfinished is None
            and judged.get("judgeable")
            and (judged["policy"], judged["model"]) == (rules.version, model)
        ):
            return other
    return None


def settle(record: Image, twin: Image | None) -> None:
    """Open the review that the findings call for, before the pipeline's last write lets the image out."""
    if twin is not None:
        root = twin.verdict_from or twin.image_id
        search.write(HEIRS, [root], record.image_id)
        reviews.inherit(record, twin)
    reviews.flag(record, _flags(record, inherited=twin is not None))


def _flags(record: Image, *, inherited: bool) -> list[Flag]:
    """Hash lists and random samples count for every image; labels and likeness only for bytes not judged before."""
    found = [Flag(FlagKind.KNOWN_HASH, name) for name in sorted(_lists(record))]
    rules = policy.current()
    if not inherited:
        over = rules.over_threshold(labels_of(record))
        found += [Flag(FlagKind.LABEL, label.name, label.confidence) for label in over]
        if not (record.moderation or {}).get("judgeable", True):
            found.append(Flag(FlagKind.NOT_JUDGEABLE))
        found += [Flag(FlagKind.NEAR_DUPLICATE, like.record.image_id) for like in _suspicious_likes(record)]
    if not found and rules.samples(record.image_id):
        found.append(Flag(FlagKind.SAMPLE))
    return found


def _lists(record: Image) -> set[str]:
    return known_hashes.lists_that_know(record.sha256, record.phash)


def _suspicious_likes(record: Image) -> list[likeness.Likeness]:
    """The nearest image that waits for a decision or was rejected, if this one looks like it."""
    if record.phash is None:
        return []
    bad = {ReviewState.OPEN, ReviewState.REJECTED, ReviewState.CHILD_SAFETY}
    return [like for like in likeness.nearest(record.phash, besides=record.image_id) if like.record.review in bad][:1]
