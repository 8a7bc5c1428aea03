"""Who may tag whose faces: face reviewers everybody's where recognition was consented to, owners those of their own."""

from __future__ import annotations

import re

from media_pipeline.access.readers import Reader
from media_pipeline.errors import NotFoundError
from media_pipeline.faces import consents
from media_pipeline.record.models import IMAGE_ID, Image
from moderation.models import Face, Person
from moderation.roles import May, Moderator

Actor = Moderator | Reader
FACE_ID = re.compile(IMAGE_ID.pattern + r"-[1-9][0-9]{0,5}", re.ASCII)


def require(actor: Actor, library: str, what: str = "library") -> None:
    """NotAllowedError for moderators without the role; to strangers nothing exists that is not theirs, and to face
    reviewers nothing of a library that did not consent. "" stands for every library that did.
    """
    if isinstance(actor, Moderator):
        actor.require(May.TAG_FACE)
        is_open = not library or consents.current(library) is not None
    else:
        is_open = actor.owns(library)
    if not is_open:
        raise NotFoundError(f"There is no {what} with this id.")


def person(actor: Actor, person_id: str) -> Person:
    """The person with this id, or whom they were merged into."""
    known = Person.objects.filter(pk=person_id).select_related("merged_into")
    found = known.first() if IMAGE_ID.fullmatch(person_id) else None  # both are ULIDs
    while found is not None and found.merged_into is not None:
        found = found.merged_into
    if found is None:
        raise NotFoundError("There is no person with this id.")
    require(actor, found.library, "person")
    return found


def face(actor: Actor, face_id: str) -> Face:
    known = Face.objects.filter(pk=face_id).select_related("person")
    found = known.first() if FACE_ID.fullmatch(face_id) else None
    if found is None:
        raise NotFoundError("There is no face with this id.")
    require(actor, found.library, "face")
    return found


def image(actor: Actor, image_id: str) -> Image:
    record = Image.load(image_id) if IMAGE_ID.fullmatch(image_id) else None
    if record is None:
        raise NotFoundError("There is no image with this id.")
    require(actor, record.library, "image")
    return record


def number(face_id: str) -> int:
    """Which face of its image it is."""
    return int(face_id.rpartition("-")[2])
