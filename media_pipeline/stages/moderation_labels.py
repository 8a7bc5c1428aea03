"""Is it safe to show? Rekognition's labels at a low confidence; our own thresholds decide afterwards."""

from __future__ import annotations

from media_pipeline import judgement, rekognition, reviews
from media_pipeline.stages.stage import Result, Stage, Work
from media_pipeline.telemetry import logger


def run(work: Work) -> Result:
    inherited = work.twin is not None
    found = work.twin.moderation if work.twin else judgement.facts(_ask(work))
    flags = judgement.flags(work.record, found, inherited=inherited)
    return Result(facts={"moderation": {**found, "flags": reviews.as_facts(flags)}})


def _ask(work: Work) -> rekognition.Moderation | None:
    """Rekognition's answer, None when it cannot look at this image."""
    if work.is_tiny:
        return None
    try:
        return rekognition.moderation_labels(work.recognition_jpeg)
    except rekognition.NotJudgeableError as error:
        logger.warning("image cannot be judged", reason=str(error))
        return None


STAGE = Stage("moderation_labels", run)
