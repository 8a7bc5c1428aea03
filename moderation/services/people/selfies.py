"""Finding somebody by a picture of their face, of which nothing is kept: not here, and not at Rekognition."""

from __future__ import annotations

from dataclasses import dataclass

from media_pipeline.access.readers import Reader
from media_pipeline.aws.rekognition import NotJudgeableError
from media_pipeline.conf import conf
from media_pipeline.errors import ConflictError, InvalidRequestError, NotFoundError
from media_pipeline.faces import collections as face_collections
from media_pipeline.faces import consents
from moderation.models import Face, Person

MAX_BYTES = 4_000_000  # bytes; Rekognition takes 5 MB, and API Gateway less


@dataclass(frozen=True, slots=True)
class Found:
    """People whose face it may be, most alike first; and images with a face like it, newest first."""

    people: list[tuple[Person, float]]
    image_ids: list[str]


def find(reader: Reader, picture: bytes) -> Found:
    """Among the reader's own people, by the largest face in a JPEG or PNG."""
    if len(picture) > MAX_BYTES:
        raise InvalidRequestError(f"The picture is over {MAX_BYTES / 1e6:g} MB. Send a smaller one.", field="file")
    consent = consents.current(reader.id)
    if consent is None:
        raise ConflictError("Faces are not recognised in this library. Its owner can agree to it in its settings.")
    threshold = conf.face_suggestion_similarity
    try:
        users = face_collections.search_users_by_picture(consent.collection, picture, threshold=threshold)
        alike = face_collections.search_by_picture(consent.collection, picture, threshold=threshold)
    except NotJudgeableError as error:
        raise InvalidRequestError(str(error), field="file") from error
    except face_collections.CollectionGoneError as error:
        raise NotFoundError("Nothing has been measured in this library yet. Try again in a few minutes.") from error
    faces = Face.objects.shown().filter(library=reader.id, vector__in=[match.vector for match in alike])
    by_vector = {face.vector: face for face in faces}
    similarity = {match.vector: match.similarity for match in users}
    for match in alike:  # a person whose vector is still being made is found by their faces
        face = by_vector.get(match.vector)
        if face is not None and face.person_id is not None:
            similarity[face.person_id] = max(similarity.get(face.person_id, 0.0), match.similarity)
    people = Person.objects.filter(pk__in=similarity, library=reader.id, merged_into=None, is_leaving=False)
    ranked = sorted(people.select_related("feature"), key=lambda person: -similarity[person.pk])
    return Found(
        people=[(person, similarity[person.pk]) for person in ranked],
        image_ids=sorted({face.image_id for face in faces}, reverse=True),
    )
