"""Where faces are, corrected by people: boxes added, moved, removed."""

from __future__ import annotations

from media_pipeline.aws import task_queue
from media_pipeline.boxes import Box
from media_pipeline.errors import ConflictError, InvalidRequestError, NotFoundError
from media_pipeline.faces import tags, vectors
from media_pipeline.faces.tags import Change
from media_pipeline.record import faces
from media_pipeline.record.faces import RecordedFace
from media_pipeline.record.models import Image
from moderation.models import Face, FaceAct
from moderation.services.people import access as face_access
from moderation.services.people import acts as face_acts
from moderation.services.people import projection as face_projection
from moderation.services.people.access import Actor

MAX_FACES = 100  # of one image
MIN_SIDE = 0.005  # of the picture's side: a box that could not be hit again


def add(actor: Actor, image_id: str, box: Box) -> tuple[Face, FaceAct]:
    """A face that the machine overlooked. With a consent it is measured, if the machine sees it when it is shown it."""
    record = _changeable(actor, image_id)
    _check_box(box)
    highest = max((face_access.number(face.face_id) for face in faces.read(record.faces)), default=0)
    face_id = f"{image_id}-{highest + 1}"
    new = RecordedFace(face_id, *_sides(box), confidence=100.0)

    def added(_: Image, known: list[RecordedFace]) -> list[RecordedFace]:
        if len(known) >= MAX_FACES:
            raise ConflictError(f"An image has at most {MAX_FACES} faces.")
        if any(face.face_id == face_id for face in known):
            raise ConflictError("Somebody else has added a face meanwhile. Look again.")
        return [*known, new]

    _rewrite(image_id, added)
    act = _box_act(actor, record, "add_box", face_id, was=None)
    face_projection.measure(face_id, record.library)
    return Face.objects.get(pk=face_id), act


def move(actor: Actor, face_id: str, box: Box) -> FaceAct:
    face = face_access.face(actor, face_id)
    _check_box(box)
    record = _changeable(actor, face.image_id)
    was = _recorded(record, face_id)

    def moved(_: Image, known: list[RecordedFace]) -> list[RecordedFace]:
        return [_at(each, box) if each.face_id == face_id else each for each in known]

    _rewrite(face.image_id, moved)
    if not was.vector:
        face_projection.measure(face_id, record.library)
    return _box_act(actor, record, "move_box", face_id, was=was)


def remove(actor: Actor, face_id: str) -> FaceAct:
    """This is not a face: box, name and vector go."""
    face = face_access.face(actor, face_id)
    record = _changeable(actor, face.image_id)
    was = _recorded(record, face_id)
    if was.vector:
        task_queue.send("delete_vectors", {"collection": record.face_collection, "vectors": [was.vector]})
    before = face_acts.standing([face])
    touched = [face.person_id] if face.person_id else []

    def removed(_: Image, known: list[RecordedFace]) -> list[RecordedFace]:
        return [each for each in known if each.face_id != face_id]

    _rewrite(face.image_id, removed)
    face_projection.recount(touched)
    kept = RecordedFace(face_id, *_sides(was.box), confidence=was.confidence)
    return _box_act(actor, record, "remove_box", face_id, was=kept, before=before, people=touched)


def _changeable(actor: Actor, image_id: str) -> Image:
    """What awaits judgement or failed it stays as it was found: it may be evidence."""
    record = face_access.image(actor, image_id)
    if not vectors.is_fit(record):
        raise ConflictError("Faces can be changed in photos that are ready. This one is not.")
    return record


def _box_act(
    actor: Actor, record: Image, what: str, face_id: str, *, was: RecordedFace | None, **more: object
) -> FaceAct:
    boxes = {"image_id": record.image_id, "was": [was.stored()] if was else [], "touched": [face_id]}
    return face_acts.write(actor, record.library, what, boxes=boxes, **more)


def _rewrite(image_id: str, change: Change) -> None:
    record = tags.rewrite(image_id, change)
    if record is None:
        raise NotFoundError("The image was erased meanwhile.")
    face_projection.project(record)


def _recorded(record: Image, face_id: str) -> RecordedFace:
    for face in faces.read(record.faces):
        if face.face_id == face_id:
            return face
    raise NotFoundError("There is no face with this id any more.")


def _check_box(box: Box) -> None:
    sides = _sides(box)
    inside = all(0 <= side <= 1 for side in sides) and box.left + box.width <= 1 and box.top + box.height <= 1
    if not inside or min(box.width, box.height) < MIN_SIDE:
        raise InvalidRequestError("A box lies inside the picture: four fractions of its sides.", field="bounding_box")


def _sides(box: Box) -> tuple[float, float, float, float]:
    return round(box.left, 5), round(box.top, 5), round(box.width, 5), round(box.height, 5)


def _at(face: RecordedFace, box: Box) -> RecordedFace:
    return RecordedFace(
        face.face_id, *_sides(box), face.confidence, face.vector, face.person, face.name, face.is_hidden
    )
