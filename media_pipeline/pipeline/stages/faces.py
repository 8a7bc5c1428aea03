"""Where faces are. Boxes only: nothing biometric is made or kept here (see media_pipeline/faces/)."""

from __future__ import annotations

import dataclasses
from typing import Any

from media_pipeline.aws import rekognition
from media_pipeline.pipeline.first_look import tally
from media_pipeline.pipeline.first_look.advice import Advice, Subject, advise, model
from media_pipeline.pipeline.stage import Result, Stage, Work
from media_pipeline.record.faces import boxes_only
from media_pipeline.review import judgement


def run(work: Work) -> Result:
    if work.twin is not None and work.twin.faces is not None:
        faces = _with_ids(work, boxes_only(work.twin.faces))
        return Result(facts={"faces": faces, "faces_model": work.twin.faces_model})
    if work.is_tiny:
        return Result(facts={"faces": []})
    advice = advise(Subject.FACES, work.record.image_id, work.recognition_jpeg)
    if advice is Advice.SKIP and judgement.is_spotless(work.record):
        return Result(facts={"faces": [], "faces_model": model(Subject.FACES)})
    found = _ask(work)
    if advice is Advice.COMPARE:
        tally.compared(Subject.FACES, missed=bool(found))
    return Result(facts={"faces": _with_ids(work, [list(dataclasses.astuple(face)) for face in found])})


def _ask(work: Work) -> tuple[rekognition.Face, ...]:
    try:
        return rekognition.faces(work.recognition_jpeg)
    except rekognition.NotJudgeableError:
        return ()  # the moderation stage says so; there is nothing to add about faces


def _with_ids(work: Work, faces: list[list[Any]]) -> list[list[Any]]:
    """[face_id, left, top, width, height, confidence] each; the id says which image's it is, and which one there."""
    return [[f"{work.record.image_id}-{number}", *face] for number, face in enumerate(faces, start=1)]


STAGE = Stage("faces", run)
