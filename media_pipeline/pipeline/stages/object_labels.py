"""What is in the picture, for search. Off unless DARKROOM_DETECT_OBJECTS is on: it is a paid call an image."""

from __future__ import annotations

from media_pipeline.aws import rekognition
from media_pipeline.pipeline.stage import Result, Stage, Work
from media_pipeline.record import labels


def run(work: Work) -> Result:
    if work.twin is not None and work.twin.labels is not None:
        return Result(facts={"labels": work.twin.labels})
    try:
        found = () if work.is_tiny else rekognition.labels(work.recognition_jpeg)
    except rekognition.NotJudgeableError:
        found = ()
    return Result(facts={"labels": labels.stored(found)})


STAGE = Stage("object_labels", run)
