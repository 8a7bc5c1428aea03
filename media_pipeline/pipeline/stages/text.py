"""What is written in the picture, for search. Off unless DARKROOM_DETECT_TEXT is on: it is a paid call an image."""

from __future__ import annotations

from media_pipeline.aws import rekognition
from media_pipeline.pipeline.stage import Result, Stage, Work

MAX_LENGTH = 2_000  # characters kept; a photographed page has more than search needs


def run(work: Work) -> Result:
    if work.twin is not None and work.twin.text is not None:
        return Result(facts={"text": work.twin.text})
    try:
        lines = () if work.is_tiny else rekognition.text(work.recognition_jpeg)
    except rekognition.NotJudgeableError:
        lines = ()
    return Result(facts={"text": "\n".join(lines)[:MAX_LENGTH]})


STAGE = Stage("text", run)
