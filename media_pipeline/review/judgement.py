"""From what was recognised to what is to be done: nothing, a review, or the verdict on the same bytes again."""

from __future__ import annotations

from typing import Any

from media_pipeline.aws.rekognition import Moderation
from media_pipeline.record import labels
from media_pipeline.record.models import Image, ReviewState, unfinished_shard
from media_pipeline.review import acts, known_hashes, policy
from media_pipeline.review.acts import Flag, FlagKind
from media_pipeline.search import likeness, terms

SUSPICIOUS = frozenset({ReviewState.OPEN, ReviewState.REJECTED, ReviewState.CHILD_SAFETY})
HEIRS = "heirs"  # across libraries; by the image whose verdict they took over
SOURCES = "sources"  # those images, by shards as even as those of unfinished ones


def facts(answer: Moderation | None) -> dict[str, Any]:
    """What a record keeps under `moderation`; None is an image that could not be looked at. The stage adds `flags`.

    Labels are [name, parent, level, confidence]. The thresholds in force stand beside them, so that a verdict can be
    understood after the policy has changed.
    """
    rules = policy.current()
    if answer is None:
        return {"labels": [], "model": "", "content_types": [], "policy": rules.version, "judgeable": False}
    policy.note_model(answer.model)
    return {
        "labels": labels.stored(answer.labels),
        "thresholds": {label.name: rules.threshold(label) for label in answer.labels},
        "model": answer.model,
        "content_types": list(answer.content_types),
        "policy": rules.version,
        "judgeable": True,
    }


def passed(model: str) -> dict[str, Any]:
    """The same for an image that a first look by `model` passed; nobody takes over its verdict."""
    return {
        "labels": [],
        "thresholds": {},
        "model": model,
        "content_types": [],
        "policy": policy.current().version,
        "judgeable": True,
    }


def is_suspicious(answer: Moderation | None) -> bool:
    """Whether a person would be asked because of this answer."""
    return answer is None or bool(policy.current().over_threshold(answer.labels))


def is_spotless(record: Image) -> bool:
    """Whether nothing was ever found in these bytes: no label, no face, no reason for a review."""
    return not any(
        other.review or other.faces or (other.moderation or {}).get("labels")
        for other in terms.with_content(record.sha256)
    )


def twin_of(record: Image) -> Image | None:
    """A finished image with the same bytes, judged under the policy and by the model in force."""
    rules, model = policy.current(), policy.current_model()
    for other in terms.with_content(record.sha256):
        judged = other.moderation or {}
        if (
            other.image_id != record.image_id
            and other.unfinished is None
            and judged.get("judgeable")
            and (judged["policy"], judged["model"]) == (rules.version, model)
        ):
            return other
    return None


def flags(record: Image, moderation: dict[str, Any], *, inherited: bool) -> list[Flag]:
    """Why a person should look at it. Labels and likeness count only for bytes that were not judged before."""
    likes = likeness.find(record.phash, besides=record.image_id) if record.phash else likeness.Found()
    listed = known_hashes.lists_with(record.sha256) | likes.lists
    found = [Flag(FlagKind.KNOWN_HASH, name) for name in sorted(listed)]
    rules = policy.current()
    if not inherited:
        over = rules.over_threshold(labels.read_moderation(moderation["labels"]))
        found += [Flag(FlagKind.LABEL, label.name, label.confidence) for label in over]
        if not moderation["judgeable"]:
            found.append(Flag(FlagKind.NOT_JUDGEABLE))
        suspicious = [like.record for like in likes.images if like.record.review in SUSPICIOUS]
        found += [Flag(FlagKind.NEAR_DUPLICATE, other.image_id) for other in suspicious[:1]]
    if not found and rules.samples(record.image_id):
        found.append(Flag(FlagKind.SAMPLE))
    return found


def labels_of(record: Image) -> list[dict[str, Any]]:
    """What was found on it, as other systems are told."""
    return [
        {"name": label.name, "parent": label.parent, "confidence": label.confidence}
        for label in labels.moderating(record)
    ]


def open_review(record: Image, twin: Image | None) -> None:
    """Open the review that the findings call for, before the pipeline's last write lets the image out."""
    stored = record.moderation  # now: `inherit` reads the record anew
    # No stage may leave it out, and if one does, nobody but a person lets the image out.
    found = [Flag(FlagKind.NOT_JUDGEABLE)] if stored is None else acts.flags_from(stored["flags"])
    if twin is not None:
        source = twin.verdict_from or twin.image_id
        terms.write(SOURCES, [unfinished_shard(source)], source)
        terms.write(HEIRS, [source], record.image_id)
        acts.inherit(record, twin)
    acts.flag(record, found)
