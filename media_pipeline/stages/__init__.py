"""The stages in their order. The first is stored and visible before the others start side by side."""

from __future__ import annotations

from media_pipeline.stages import metadata, optimize, thumbnails
from media_pipeline.stages.stage import Result, Stage, Work

STAGES: tuple[Stage, ...] = (
    thumbnails.STAGE,
    optimize.STAGE,
    metadata.STAGE,
)

__all__ = ["STAGES", "Result", "Stage", "Work"]
