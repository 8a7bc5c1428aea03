"""Is it safe to show? Rekognition's labels at a low confidence; our own thresholds decide afterwards."""

from __future__ import annotations

from typing import Any

from media_pipeline import first_look, judgement, rekognition, reviews
from media_pipeline.first_look import Advice, Subject
from media_pipeline.stages.stage import Result, Stage, Work
from media_pipeline.telemetry import logger


def run(work: Work) -> Result:
    inherited = work.twin is not None
    found = work.twin.moderation if work.twin else _judge(work)
    flags = judgement.flags(work.record, found, inherited=inherited)
    return Result(facts={"moderation": {**found, "flags": reviews.as_facts(flags)}})


def _judge(work: Work) -> dict[str, Any]:
    if work.is_tiny:
        return judgement.facts(None)
    advice = first_look.advise(Subject.MODERATION, work.record.image_id, work.recognition_jpeg)
    if advice is Advice.SKIP and judgement.is_spotless(work.record):
        return judgement.passed(first_look.model(Subject.MODERATION))
    answer = _ask(work)
    if advice is Advice.COMPARE:
        first_look.compared(Subject.MODERATION, missed=judgement.is_suspicious(answer))
    return judgement.facts(answer)


def _ask(work: Work) -> rekognition.Moderation | None:
    """Rekognition's answer, None when it cannot look at this image."""
    try:
        return rekognition.moderation_labels(work.recognition_jpeg)
    except rekognition.NotJudgeableError as error:
        logger.warning("image cannot be judged", reason=str(error))
        return None


STAGE = Stage("moderation_labels", run, judges=True)
