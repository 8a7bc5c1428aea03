"""Is it safe to show? Rekognition's labels at a low confidence; our own thresholds decide afterwards."""

from __future__ import annotations

from typing import Any

from media_pipeline.aws import rekognition
from media_pipeline.pipeline.first_look import tally
from media_pipeline.pipeline.first_look.advice import Advice, Subject, advise, model
from media_pipeline.pipeline.stage import Result, Stage, Work
from media_pipeline.review import acts, judgement
from media_pipeline.telemetry import logger


def run(work: Work) -> Result:
    inherited = work.twin is not None
    found = work.twin.moderation if work.twin else _judge(work)
    flags = judgement.flags(work.record, found, inherited=inherited)
    return Result(facts={"moderation": {**found, "flags": acts.as_facts(flags)}})


def _judge(work: Work) -> dict[str, Any]:
    if work.is_tiny:
        return judgement.facts(None)
    advice = advise(Subject.MODERATION, work.record.image_id, work.recognition_jpeg)
    if advice is Advice.SKIP and judgement.is_spotless(work.record):
        return judgement.passed(model(Subject.MODERATION))
    answer = _ask(work)
    if advice is Advice.COMPARE:
        tally.compared(Subject.MODERATION, missed=judgement.is_suspicious(answer))
    return judgement.facts(answer)


def _ask(work: Work) -> rekognition.Moderation | None:
    """Rekognition's answer, None when it cannot look at this image."""
    try:
        return rekognition.moderation_labels(work.recognition_jpeg)
    except rekognition.NotJudgeableError as error:
        logger.warning("image cannot be judged", reason=str(error))
        return None


STAGE = Stage("moderation_labels", run, judges=True)
