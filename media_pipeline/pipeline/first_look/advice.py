"""Whether Rekognition need be asked about an image."""

from __future__ import annotations

from enum import Enum, StrEnum

from media_pipeline import telemetry
from media_pipeline.conf import conf
from media_pipeline.pipeline.first_look import networks
from media_pipeline.review import policy


class Subject(StrEnum):
    MODERATION = "moderation"
    FACES = "faces"


class Advice(Enum):
    ASK = "Asked"
    SKIP = "Skipped"
    COMPARE = "Compared"  # it would be skipped, and is one of the share that Rekognition sees all the same


def advise(subject: Subject, image_id: str, jpeg: bytes) -> Advice:
    """What to do about the JPEG that Rekognition would see; the same advice however often it is asked.

    ConfigurationError when the packages of requirements-first-look.txt are not there.
    """
    advice = _advice(subject, image_id, jpeg) if conf.first_look else Advice.ASK
    if conf.first_look:
        telemetry.count(f"FirstLook{subject.capitalize()}{advice.value}")
    return advice


def _advice(subject: Subject, image_id: str, jpeg: bytes) -> Advice:
    if subject is Subject.MODERATION:
        is_clear = 100 * networks.nudity(jpeg) < conf.first_look_nudity_percent
    else:
        is_clear = 100 * networks.face(jpeg) < conf.first_look_face_percent
    if not is_clear:
        return Advice.ASK
    is_sampled = 100 * policy.draw(f"first look {subject}", image_id) < conf.first_look_sample_percent
    return Advice.COMPARE if is_sampled else Advice.SKIP


def model(subject: Subject) -> str:
    """Who looked: what the record keeps of an image that Rekognition was not asked about."""
    return networks.NUDITY_MODEL if subject is Subject.MODERATION else networks.FACE_MODEL
