"""What is in the picture, for search. Off unless DARKROOM_DETECT_OBJECTS is on: it is a paid call an image."""

from __future__ import annotations

from media_pipeline.aws import rekognition
from media_pipeline.pipeline.stage import Result, Stage, Work


def run(work: Work) -> Result:
    if work.twin is not None and work.twin.labels is not None:
        return Result(facts={"labels": work.twin.labels})
    try:
        found = () if work.is_tiny else rekognition.labels(work.recognition_jpeg)
    except rekognition.NotJudgeableError:
        found = ()
    return Result(facts={"labels": [[label.name, label.confidence] for label in found]})


STAGE = Stage("object_labels", run)
