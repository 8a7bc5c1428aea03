"""Where faces are. Boxes only: nothing biometric is made or kept here."""

from __future__ import annotations

import dataclasses
from typing import Any

from media_pipeline import rekognition
from media_pipeline.stages.stage import Result, Stage, Work


def run(work: Work) -> Result:
    if work.twin is not None and work.twin.faces is not None:
        return Result(facts={"faces": _with_ids(work, [face[1:] for face in work.twin.faces])})
    try:
        found = () if work.is_tiny else rekognition.faces(work.recognition_jpeg)
    except rekognition.NotJudgeableError:
        found = ()  # the moderation stage says so; there is nothing to add about faces
    return Result(facts={"faces": _with_ids(work, [list(dataclasses.astuple(face)) for face in found])})


def _with_ids(work: Work, faces: list[list[Any]]) -> list[list[Any]]:
    """[face_id, left, top, width, height, confidence] each; the id says whose face it is and which one."""
    return [[f"{work.record.image_id}-{number}", *face] for number, face in enumerate(faces, start=1)]


STAGE = Stage("faces", run)
