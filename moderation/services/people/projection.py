"""Records and rows of faces told of each other: boxes and vectors come from the record, names go back to it.

Everything here may run again at any time: it brings one side up to what the other one says now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction

from media_pipeline.aws import task_queue
from media_pipeline.errors import TemporaryError
from media_pipeline.faces import consents, tags, vectors
from media_pipeline.faces.tags import Tag
from media_pipeline.record import faces as recorded_faces
from media_pipeline.record.faces import RecordedFace
from media_pipeline.record.models import Image, ReviewState
from media_pipeline.telemetry import logger
from moderation.models import Face, Person

INLINE = 20  # images; more are told by a task, or the request would take too long
IN_ONE_TASK = 500
SPREAD_IN_ONE_TASK = 100
GOOD_PIXELS = 150  # of a face's shorter side; fewer make it a worse example of its person
UNSEEN = frozenset({ReviewState.REJECTED, ReviewState.CHILD_SAFETY})


def follow_record(seen: Image) -> None:
    """Bring the rows up to the record as it is now, and have its faces measured where that is due.

    Without a consent the rows of a few faces are made when somebody looks at them, and are followed no further than
    to leave with what is rejected, and to come back with the names that people gave.
    """
    is_followed = seen.face_collection or seen.review in UNSEEN or any(map(_is_named, seen.faces or ()))
    if not is_followed and consents.current(seen.library) is None:
        return
    record = Image.load(seen.image_id)
    if record is None:
        remove_faces(seen.image_id)
        return
    consent = consents.as_of_now(record.library)
    outdated = bool(record.face_collection) and (consent is None or record.face_collection != consent.collection)
    if outdated or (record.face_collection and record.review in UNSEEN):
        record = vectors.withdraw(record) or record
    project(record)
    if vectors.is_due(record, consent):
        task_queue.send("index_faces", {"image_id": record.image_id})


def _is_named(stored: Sequence[Any]) -> bool:
    return bool(RecordedFace.of(stored).person)


def project(record: Image) -> None:
    """Make the rows of its faces say what the record says of boxes and vectors; whose they are stays."""
    if record.review in UNSEEN:
        remove_faces(record.image_id)
        return
    if not vectors.is_fit(record):
        return
    recorded = {face.face_id: face for face in recorded_faces.read(record.faces)}
    with transaction.atomic():
        rows = {row.face_id: row for row in Face.objects.filter(image_id=record.image_id)}
        if any(row.revision > record.revision for row in rows.values()):
            return
        gone = [row for face_id, row in rows.items() if face_id not in recorded]
        moved = [row for row in rows.values() if row.in_trash is not bool(record.deleted_at)]
        people = {row.person_id for row in [*gone, *moved] if row.person_id}
        Face.objects.filter(pk__in=[row.pk for row in gone]).delete()
        for face_id, face in recorded.items():
            row = rows.get(face_id) or Face(face_id=face_id, image_id=record.image_id)
            _fill(row, record, face)
        recount(people)


def _fill(row: Face, record: Image, face: RecordedFace) -> None:
    pixels = min(face.width * (record.width or 0), face.height * (record.height or 0))
    values: dict[str, Any] = {
        "library": record.library,
        "revision": record.revision,
        "left": face.left,
        "top": face.top,
        "width": face.width,
        "height": face.height,
        "confidence": face.confidence,
        "quality": face.confidence * min(1.0, pixels / GOOD_PIXELS),
        "vector": face.vector,
        "in_trash": bool(record.deleted_at),
    }
    if row._state.adding:  # noqa: SLF001 - Django's way to tell
        if face.is_hidden:
            row.state = Face.State.HIDDEN
        elif face.person and Person.objects.filter(pk=face.person, library=record.library).exists():
            row.state, row.person_id = Face.State.NAMED, face.person  # the rows were lost: the record remembers
    if not face.vector:
        row.cluster = ""
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def follow_trash(task: dict[str, Any]) -> None:
    """The image was put into the trash, or taken out."""
    image_id = task["image_id"]
    if Face.objects.filter(image_id=image_id).exists():
        record = Image.load(image_id)
        remove_faces(image_id) if record is None else project(record)


def remove_faces(image_id: str) -> None:
    """The image is gone, or must not be seen any more."""
    rows = Face.objects.filter(image_id=image_id)
    people = set(rows.exclude(person=None).values_list("person_id", flat=True))
    if rows.delete()[0]:
        recount(people)


def measure(face_id: str, library: str) -> None:
    """Have a face that a person has drawn or brought back measured, where that is agreed to."""
    if consents.current(library):
        task_queue.send("index_face", {"face_id": face_id})


def follow_up(
    library: str, images: Collection[str], people: Iterable[str | None], *, named: Sequence[str] = ()
) -> None:
    """After rows have changed: tell the records, count anew, and have the people's vectors follow.

    Faces that were `named` make others recognisable.
    """
    touched = {person for person in people if person}
    recount(touched)
    tell(images)
    if touched and consents.current(library):
        for person in sorted(touched):
            task_queue.send("follow_person", {"person_id": person})
        for start in range(0, len(named), SPREAD_IN_ONE_TASK):
            task_queue.send("spread_names", {"face_ids": list(named[start : start + SPREAD_IN_ONE_TASK])})


def tell(images: Collection[str]) -> None:
    """Write the names on the records: few at once, many by tasks."""
    if len(images) <= INLINE:
        try:
            for image_id in sorted(images):
                tell_record(image_id)
        except TemporaryError as error:
            logger.warning("records are told of their faces later", reason=str(error))
        else:
            return
    ordered = sorted(images)
    for start in range(0, len(ordered), IN_ONE_TASK):
        task_queue.send("tell_records", {"image_ids": ordered[start : start + IN_ONE_TASK]})


def tell_record(image_id: str) -> Image | None:
    """The record as it is then; None when there is none."""
    rows = Face.objects.filter(image_id=image_id).select_related("person")
    return tags.write(image_id, {row.face_id: _tag(row) for row in rows})


def _tag(row: Face) -> Tag:
    if row.person is not None:
        return Tag(row.person.pk, row.person.name)
    return Tag(is_hidden=row.state == Face.State.HIDDEN)


def recount(people: Iterable[str]) -> None:
    """How many faces each of them has, and one of theirs to show: the best."""
    for person in Person.objects.filter(pk__in=set(people)):
        faces = Face.objects.shown().filter(person=person)
        person.face_count = faces.count()
        if person.feature_id is None or not faces.filter(pk=person.feature_id).exists():
            person.feature = faces.order_by("-quality").first()
        person.save(update_fields=["face_count", "feature"])


def tell_records_task(task: dict[str, Any]) -> None:
    for image_id in task["image_ids"]:
        tell_record(image_id)
