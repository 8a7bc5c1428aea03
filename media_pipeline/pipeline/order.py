"""The stages in their order. The first is stored and visible before the others start side by side."""

from __future__ import annotations

from importlib import import_module

from media_pipeline.pipeline.stage import Stage
from media_pipeline.record.stages import EXPECTED

STAGES: tuple[Stage, ...] = tuple(import_module(f"media_pipeline.pipeline.stages.{name}").STAGE for name in EXPECTED)
