"""Photos with faces that look like somebody's, as recognition leaves them in SQL; nothing is asked of Rekognition."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cache

from media_pipeline.access.readers import Reader
from media_pipeline.faces import consents
from media_pipeline.imaging.encoders import encode_jpeg
from media_pipeline.record.models import Image, Rendition
from media_pipeline.storage import buckets
from moderation.models import Face, Person, Suggestion
from moderation.services.people import people
from moderation.services.people import projection as face_projection
from tests.support.aws import as_role
from tests.support.pictures import make_picture
from tests.support.uploads import announced, reread

OWNER = Reader("owner-of-faces")
BOXES = ((0.1, 0.2, 0.2, 0.3), (0.4, 0.25, 0.15, 0.2), (0.7, 0.1, 0.2, 0.25))


@cache
def _picture() -> bytes:
    return encode_jpeg(make_picture(600, 450, seed=8), quality=80)


@as_role("pipeline")  # nobody else leaves renditions
def photo(faces: int = 1, owner: str = OWNER.id, *, picture: bool = True) -> list[Face]:
    """The unknown, measured faces of a new photo, whose library agreed to that."""
    if consents.as_of_now(owner) is None:
        consents.give(owner, by=owner)
    record = announced(owner=owner, filename="party.jpg")
    boxes = [[f"{record.image_id}-{n}", *BOXES[(n - 1) % 3], 99.0, str(uuid.uuid4())] for n in range(1, faces + 1)]
    values = {
        "version_id": "1",
        "width": 2400,
        "height": 1800,
        "renditions": {"large": ["jpeg", 600, 450, len(_picture())]},
        "faces": boxes,
        "face_collection": "darkroom-local-test",
    }
    if picture:
        buckets.put_rendition(record.image_id, Rendition("large", "jpeg", 600, 450, 0), _picture())
    actions = [getattr(Image, name).set(value) for name, value in values.items()]
    record.change([*actions, Image.unfinished.remove()], Image.image_id.exists())
    face_projection.project(reread(record))
    return list(Face.objects.filter(image_id=record.image_id).order_by("pk"))


def person(name: str, *, faces: int = 1, owner: str = OWNER.id, picture: bool = True) -> Person:
    """Somebody known by so many faces."""
    made = people.create(Reader(owner), owner, name)
    for face in (photo(owner=owner, picture=picture)[0] for _ in range(faces)):
        Face.objects.filter(pk=face.pk).update(person=made, state=Face.State.NAMED)
        Person.objects.filter(pk=made.pk).update(feature=face, face_count=faces)
    made.refresh_from_db()
    return made


def suspect(face: Face, candidates: Sequence[Person], similarity: float = 92.0) -> Face:
    """Let a face be like these people, the first one most."""
    for place, candidate in enumerate(candidates):
        Suggestion.objects.create(face=face, person=candidate, similarity=similarity - place)
    Face.objects.filter(pk=face.pk).update(state=Face.State.SUGGESTED, doubt=abs(similarity - 90))
    face.refresh_from_db()
    return face


def cluster(size: int, owner: str = OWNER.id, *, picture: bool = True) -> list[Face]:
    """So many unknown faces that look like each other."""
    faces = [photo(owner=owner, picture=picture)[0] for _ in range(size)]
    Face.objects.filter(pk__in=[face.pk for face in faces]).update(cluster=faces[0].pk)
    return list(Face.objects.filter(cluster=faces[0].pk))


def names(faces: list[Face]) -> list[str]:
    """Whose each is as of now, or what else it is."""
    rows = Face.objects.filter(pk__in=[face.pk for face in faces]).select_related("person").order_by("doubt", "pk")
    return [row.person.name if row.person else str(row.state) for row in rows]
