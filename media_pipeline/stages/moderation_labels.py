"""Is it safe to show? Rekognition's labels at a low confidence; our own thresholds decide afterwards."""

from __future__ import annotations

from media_pipeline import judgement, rekognition
from media_pipeline.stages.stage import Result, Stage, Work
from media_pipeline.telemetry import logger


def run(work: Work) -> Result:
    if work.twin is not None:
        return Result(facts={"moderation": work.twin.moderation})
    try:
        answer = None if work.is_tiny else rekognition.moderation_labels(work.recognition_jpeg)
    except rekognition.NotJudgeableError as error:
        logger.warning("image cannot be judged", reason=str(error))
        answer = None
    return Result(facts={"moderation": judgement.facts(answer)})


STAGE = Stage("moderation_labels", run)
