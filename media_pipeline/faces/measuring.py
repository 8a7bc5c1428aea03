"""From an image to vectors of its faces in its library's collection. Opens pictures: the pipeline's alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pynamodb.expressions.update import Action

from media_pipeline.aws.rekognition import NotJudgeableError
from media_pipeline.boxes import Box
from media_pipeline.conf import conf
from media_pipeline.faces import collections as face_collections
from media_pipeline.faces import consents, vectors
from media_pipeline.faces.collections import IndexedFace
from media_pipeline.faces.consents import Consent
from media_pipeline.imaging.encoders import encode_jpeg
from media_pipeline.imaging.opening import open_picture
from media_pipeline.imaging.thumbnails import thumbnails
from media_pipeline.record.faces import RecordedFace, read
from media_pipeline.record.models import Image
from media_pipeline.storage import buckets
from media_pipeline.telemetry import logger

SAME_FACE = 0.4  # of the union of two boxes: both come from the same picture, and faces hardly overlap each other
SIDE = 1920  # as in stages: what Rekognition's bars are made for
AROUND = 2.0  # times the box: a face is not found without what is around it
MIN_SIDE = 80  # pixels a side; Rekognition refuses smaller pictures
WHOLE = Box(0, 0, 1, 1)


def index(record: Image, consent: Consent) -> Image:
    """Measure its faces and keep the ids of their vectors on the record; nothing when the image is gone or unfit.

    What finds no box on the record, and what belongs to a bystander, is deleted from the collection at once.
    """
    if not vectors.is_due(record, consent):
        return record
    found = _index(record, consent, _picture(record))
    surplus: list[str] = []

    def plan(current: Image) -> list[Action]:
        nonlocal surplus
        surplus = []
        if not vectors.is_due(current, consent):
            return []
        kept, surplus = matched(read(current.faces), found)
        stored = [face.stored() for face in kept]
        return [Image.faces.set(stored), Image.face_collection.set(consent.collection)]

    current = record.amend(plan)
    if current is None or current.face_collection != consent.collection:  # erased meanwhile, or judged unfit
        surplus = [face.vector for face in found]
    face_collections.delete_faces(consent.collection, surplus)
    if current is None:
        record.faces = None
    return current or record


def measure(record: Image, box: Box, consent: Consent) -> str:
    """The vector of the face in a box that a person drew, from that part of the picture; "" when there is none to see.

    Whoever else is in that part is deleted from the collection at once.
    """
    window = box.enlarged(AROUND)
    found = _index(record, consent, _picture(record, window))
    overlaps = {face.vector: face.box.overlap(box.within(window)) for face in found}
    best = max(overlaps, key=lambda vector: overlaps[vector], default="")
    kept = best if best and overlaps[best] >= SAME_FACE else ""
    face_collections.delete_faces(consent.collection, overlaps.keys() - {kept})
    return kept


def _index(record: Image, consent: Consent, picture: bytes | None) -> list[IndexedFace]:
    if picture is None:
        return []
    try:
        return face_collections.index(consent.collection, record.image_id, picture)
    except NotJudgeableError as error:
        logger.info("faces not indexed", image_id=record.image_id, reason=str(error))
        return []
    except face_collections.CollectionGoneError:
        if consents.as_of_now(record.library) != consent:
            raise
        face_collections.create(consent.collection)
        return face_collections.index(consent.collection, record.image_id, picture)


def _picture(record: Image, window: Box = WHOLE) -> bytes | None:
    """The image, or a part of it, at the size that Rekognition looks at; None when its rendition is gone, or the part
    too small.
    """
    rendition = record.rendition("jpeg") or record.rendition("large")
    data = buckets.fetch_rendition(record.image_id, rendition) if rendition else None
    if data is None:
        return None

    pixels = open_picture(data, max_pixels=conf.max_pixels).decode()
    if window != WHOLE:
        left, top = window.left * pixels.width, window.top * pixels.height
        right, bottom = left + window.width * pixels.width, top + window.height * pixels.height
        pixels = pixels.crop((round(left), round(top), round(right), round(bottom)))
        if min(pixels.size) < MIN_SIDE:
            return None
    return encode_jpeg(thumbnails(pixels, (SIDE,))[SIDE], quality=85)


def matched(known: list[RecordedFace], found: Sequence[IndexedFace]) -> tuple[list[RecordedFace], list[str]]:
    """The record's faces with the vectors that were found for them, nearest boxes first; and the vectors left over."""
    pairs = sorted(
        ((face.box.overlap(other.box), face.face_id, other) for face in known for other in found),
        key=lambda pair: -pair[0],
    )
    found_for: dict[str, str] = {}
    for overlap, face_id, other in pairs:
        if overlap >= SAME_FACE and face_id not in found_for and other.vector not in found_for.values():
            found_for[face_id] = other.vector
    hidden = {face.face_id for face in known if face.is_hidden}
    kept = [replace(face, vector="" if face.is_hidden else found_for.get(face.face_id, "")) for face in known]
    used = {vector for face_id, vector in found_for.items() if face_id not in hidden}
    return kept, [other.vector for other in found if other.vector not in used]
