"""The stages in their order. The first is stored and visible before the others start side by side."""

from __future__ import annotations

from media_pipeline.conf import conf
from media_pipeline.pipeline.stage import Stage
from media_pipeline.pipeline.stages import faces, metadata, moderation_labels, object_labels, optimize, text, thumbnails

STAGES: tuple[Stage, ...] = (
    thumbnails.STAGE,
    moderation_labels.STAGE,
    faces.STAGE,
    *([object_labels.STAGE] if conf.detect_objects else []),
    *([text.STAGE] if conf.detect_text else []),
    optimize.STAGE,
    metadata.STAGE,
)
