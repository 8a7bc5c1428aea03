"""Who may tag whose faces: face reviewers everybody's where recognition was consented to, owners those of their own."""

from __future__ import annotations

from media_pipeline.errors import NotFoundError
from media_pipeline.readers import Reader
from moderation.models import Face, Person
from moderation.roles import May, Moderator

Actor = Moderator | Reader


def require(actor: Actor, library: str, what: str = "library") -> None:
    """NotAllowedError for moderators without the role; to strangers nothing exists that is not theirs."""
    if isinstance(actor, Moderator):
        actor.require(May.TAG_FACE)
    elif not actor.owns(library):
        raise NotFoundError(f"There is no {what} with this id.")


def person(actor: Actor, person_id: str) -> Person:
    """The person with this id, or whom they were merged into."""
    found = Person.objects.filter(pk=person_id).select_related("merged_into").first()
    while found is not None and found.merged_into is not None:
        found = found.merged_into
    if found is None:
        raise NotFoundError("There is no person with this id.")
    require(actor, found.library, "person")
    return found


def face(actor: Actor, face_id: str) -> Face:
    found = Face.objects.filter(pk=face_id).select_related("person").first()
    if found is None:
        raise NotFoundError("There is no face with this id.")
    require(actor, found.library, "face")
    return found
