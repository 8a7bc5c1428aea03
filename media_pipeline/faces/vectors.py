"""From an image to vectors of its faces in its library's collection, and back to none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pynamodb.expressions.update import Action

from media_pipeline.aws.rekognition import NotJudgeableError
from media_pipeline.boxes import Box
from media_pipeline.errors import ConflictError
from media_pipeline.faces import collections as face_collections
from media_pipeline.faces import consents
from media_pipeline.faces.collections import IndexedFace
from media_pipeline.faces.consents import Consent
from media_pipeline.record.faces import RecordedFace, read
from media_pipeline.record.models import Image, ReviewState
from media_pipeline.storage import buckets
from media_pipeline.telemetry import logger

SAME_FACE = 0.4  # of the union of two boxes: both come from the same picture, and faces hardly overlap each other
SIDE = 1920  # as in stages: what Rekognition's bars are made for
AROUND = 2.0  # times the box: a face is not found without what is around it
SMALLEST = 80  # pixels a side; Rekognition refuses smaller pictures
WHOLE = Box(0, 0, 1, 1)
UNFIT = frozenset({ReviewState.OPEN, ReviewState.REJECTED, ReviewState.CHILD_SAFETY})


def is_fit(record: Image) -> bool:
    """Whether its faces may be measured: it was judged, and let out."""
    return record.unfinished is None and record.failure is None and record.review not in UNFIT


def is_due(record: Image, consent: Consent | None) -> bool:
    """Whether its faces are still to be measured under that consent."""
    return bool(consent and record.faces and record.face_collection != consent.collection and is_fit(record))


def index(record: Image, consent: Consent) -> Image:
    """Measure its faces and keep the ids of their vectors on the record; nothing when the image is gone or unfit.

    What finds no box on the record, and what belongs to a bystander, is deleted from the collection at once.
    """
    if not is_due(record, consent):
        return record
    found = _index(record, consent, _picture(record))
    for _ in range(5):
        kept, surplus = matched(read(record.faces), found)
        same = Image.revision == record.revision
        stored = [face.stored() for face in kept]
        actions: list[Action] = [Image.faces.set(stored), Image.face_collection.set(consent.collection)]
        if record.change(actions, same):
            face_collections.delete_faces(consent.collection, surplus)
            return record
        current = Image.load(record.image_id)
        if current is None or not is_due(current, consent):
            return _overtaken(record, current, consent, found)
        record = current
    raise ConflictError("The image is being changed by others at the same time. Try again.")


def _overtaken(record: Image, current: Image | None, consent: Consent, found: Sequence[IndexedFace]) -> Image:
    """While its faces were being measured it was erased or judged unfit, unless another task was faster."""
    if current is None or current.face_collection != consent.collection:
        face_collections.delete_faces(consent.collection, [face.vector for face in found])
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

    # the web's package has no imaging libraries, and never indexes
    from media_pipeline.conf import conf  # noqa: PLC0415
    from media_pipeline.imaging.encoders import encode_jpeg  # noqa: PLC0415
    from media_pipeline.imaging.opening import open_picture  # noqa: PLC0415
    from media_pipeline.imaging.thumbnails import thumbnails  # noqa: PLC0415

    pixels = open_picture(data, max_pixels=conf.max_pixels).decode()
    if window != WHOLE:
        left, top = window.left * pixels.width, window.top * pixels.height
        right, bottom = left + window.width * pixels.width, top + window.height * pixels.height
        pixels = pixels.crop((round(left), round(top), round(right), round(bottom)))
        if min(pixels.size) < SMALLEST:
            return None
    return encode_jpeg(thumbnails(pixels, (SIDE,))[SIDE], quality=85)


def matched(known: list[RecordedFace], found: Sequence[IndexedFace]) -> tuple[list[RecordedFace], list[str]]:
    """The record's faces with the vectors that were found for them, nearest boxes first; and the vectors left over."""
    pairs = sorted(
        ((face.box.overlap(other.box), face.face_id, other) for face in known for other in found),
        key=lambda pair: -pair[0],
    )
    vectors: dict[str, str] = {}
    for overlap, face_id, other in pairs:
        if overlap >= SAME_FACE and face_id not in vectors and other.vector not in vectors.values():
            vectors[face_id] = other.vector
    hidden = {face.face_id for face in known if face.is_hidden}
    kept = [replace(face, vector="" if face.is_hidden else vectors.get(face.face_id, "")) for face in known]
    used = {vector for face_id, vector in vectors.items() if face_id not in hidden}
    return kept, [other.vector for other in found if other.vector not in used]


def remove(record: Image) -> int:
    """Delete the vectors of the image's faces from their collection; how many. The record is left as it is."""
    vectors = [face.vector for face in read(record.faces) if face.vector]
    if not record.face_collection or not vectors:
        return 0
    return face_collections.delete_faces(record.face_collection, vectors)


def withdraw(record: Image) -> Image | None:
    """Delete them and take them off the record as well: the image is not fit any more, or the consent is gone."""
    remove(record)
    for _ in range(5):
        stored = [without_vector(face).stored() for face in read(record.faces)]
        same = Image.revision == record.revision
        if record.change([Image.faces.set(stored), Image.face_collection.remove()], same):
            return record
        current = Image.load(record.image_id)
        if current is None:
            return None
        record = current
    raise ConflictError("The image is being changed by others at the same time. Try again.")


def detach(record: Image) -> None:
    """Take the collection's name off a record whose faces have no vectors any more."""
    record.change([Image.face_collection.remove()], Image.face_collection == record.face_collection)


def without_vector(face: RecordedFace) -> RecordedFace:
    return replace(face, vector="")
