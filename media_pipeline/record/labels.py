"""The labels on an image's record: what is in the picture, and what a moderator may have to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import Any

from media_pipeline.aws.rekognition import Label, ModerationLabel
from media_pipeline.record.models import Image


def found(record: Image) -> list[Label]:
    return [Label(*label) for label in record.labels or ()]


def moderating(record: Image) -> list[ModerationLabel]:
    return read_moderation((record.moderation or {}).get("labels"))


def read_moderation(stored: Iterable[Sequence[Any]] | None) -> list[ModerationLabel]:
    """[name, parent, level, confidence] each, as under `moderation` and wherever that was copied to."""
    return [ModerationLabel(*label) for label in stored or ()]


def stored(labels: Iterable[Label | ModerationLabel]) -> list[list[Any]]:
    """As the record keeps them."""
    return [list(astuple(label)) for label in labels]
