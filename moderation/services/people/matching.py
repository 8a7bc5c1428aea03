"""Who a face may be: a vote of the named faces that look most like it; and which unknown ones belong together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from ulid import ULID

from media_pipeline.conf import conf
from media_pipeline.faces import collections as face_collections
from media_pipeline.faces import consents
from media_pipeline.faces.collections import CollectionGoneError, FaceGoneError, Match
from media_pipeline.telemetry import logger
from moderation.models import Face, Suggestion, WrongPair
from moderation.services.people import projection as face_projection

NEIGHBOURS = 7  # that vote
CANDIDATES = 5
SAME_PERSON = 90.0  # of unknown faces; stricter than for suggestions, since one wrong link joins two whole groups


def match_image(image_id: str, collection: str) -> None:
    """Look for everybody whom the image's new faces are like."""
    new = Face.objects.filter(image_id=image_id, state=Face.State.UNKNOWN, cluster="").exclude(vector="")
    for face in new:
        match(face, collection)


def match(face: Face, collection: str) -> None:
    """Suggest people for an unknown face, and join it with unknown ones like it."""
    neighbours = _neighbours(face, collection)
    if neighbours is None:
        return
    similarities = {match.vector: match.similarity for match in neighbours}
    others = list(
        Face.objects.filter(library=face.library, vector__in=list(similarities))
        .exclude(pk=face.pk)
        .select_related("person")
    )
    others.sort(key=lambda other: -similarities[other.vector])
    with transaction.atomic():
        _suggest(face, _vote(others, similarities))
        alike = [other for other in others if other.state in Face.WAITING and similarities[other.vector] >= SAME_PERSON]
        _join(face, alike)
    if face.state == Face.State.NAMED:
        face_projection.follow_up(face.library, {face.image_id}, [face.person_id])


def _neighbours(face: Face, collection: str) -> list[Match] | None:
    """None when there is nothing to compare it with any more; `reconcile` looks after that."""
    try:
        return face_collections.search(collection, face.vector, threshold=conf.face_suggestion_similarity)
    except (FaceGoneError, CollectionGoneError) as error:
        logger.warning("face not searched", face_id=face.pk, reason=str(error))
        return None


def _vote(others: Iterable[Face], similarities: dict[str, float]) -> list[tuple[str, float]]:
    """People and how alike their most similar face is; those first for whom the nearest faces speak most."""
    named = [other for other in others if other.person is not None and not other.person.is_leaving][:NEIGHBOURS]
    votes: dict[str, list[float]] = defaultdict(list)
    for other in named:
        votes[str(other.person_id)].append(similarities[other.vector])
    weight = {
        person: sum(similarity - conf.face_suggestion_similarity + 1 for similarity in found)
        for person, found in votes.items()
    }
    return [(person, max(votes[person])) for person in sorted(votes, key=lambda person: -weight[person])]


def _suggest(face: Face, ranked: list[tuple[str, float]]) -> None:
    """Replace the suggestions of a face that nobody named; take the best for granted where the setting says so."""
    wrong = set(WrongPair.objects.filter(face=face).values_list("person_id", flat=True))
    candidates = [(person, similarity) for person, similarity in ranked if person not in wrong][:CANDIDATES]
    face.suggestions.all().delete()
    if candidates and conf.face_auto_similarity and candidates[0][1] >= conf.face_auto_similarity:
        face.person_id, face.state, face.is_automatic = candidates[0][0], Face.State.NAMED, True
        face.named_at, face.doubt = timezone.now(), None
    else:
        Suggestion.objects.bulk_create(
            Suggestion(face=face, person_id=person, similarity=similarity) for person, similarity in candidates
        )
        mark(face, max((similarity for _, similarity in candidates), default=None))
    face.save(update_fields=["person", "state", "is_automatic", "named_at", "doubt"])


def mark(face: Face, best: float | None) -> None:
    """Whether it waits with a suggestion, and how near that one is to the threshold."""
    face.state = Face.State.UNKNOWN if best is None else Face.State.SUGGESTED
    face.doubt = None if best is None else abs(best - conf.face_suggestion_similarity)


def _join(face: Face, alike: list[Face]) -> None:
    """One group of this face and those like it, with all that they were in; it keeps the oldest of their names."""
    groups = {other.cluster for other in alike if other.cluster} | {face.cluster or str(ULID())}
    group = min(groups)
    Face.objects.filter(library=face.library, cluster__in=groups, state__in=Face.WAITING).update(cluster=group)
    Face.objects.filter(pk__in=[face.pk, *(other.pk for other in alike)]).update(cluster=group)
    face.cluster = group


def spread(task: dict[str, Any]) -> None:
    """Faces were named: suggest their people for the unknown ones that look like them."""
    faces = Face.objects.filter(pk__in=task["face_ids"], state=Face.State.NAMED).exclude(vector="")
    for face in faces.select_related("person"):
        consent = consents.current(face.library)
        neighbours = _neighbours(face, consent.collection) if consent else None
        if neighbours and face.person is not None and not face.person.is_leaving:
            _spread(face, {match.vector: match.similarity for match in neighbours})


def _spread(face: Face, similarities: dict[str, float]) -> None:
    """Named faces of others get the suggestion, too: it says that two people may be one."""
    wrong = WrongPair.objects.filter(person=face.person_id).values("face")
    others = Face.objects.filter(library=face.library, vector__in=list(similarities)).exclude(pk__in=wrong)
    changed: set[str] = set()
    for other in others.exclude(person=face.person_id).exclude(state=Face.State.HIDDEN):
        with transaction.atomic():
            found, is_new = Suggestion.objects.get_or_create(
                face=other, person_id=face.person_id, defaults={"similarity": similarities[other.vector]}
            )
            if not is_new and found.similarity < similarities[other.vector]:
                found.similarity = similarities[other.vector]
                found.save(update_fields=["similarity"])
            if other.state in Face.WAITING:
                ranked = list(other.suggestions.order_by("-similarity").values_list("person_id", "similarity"))
                _suggest(other, ranked)
                if other.state == Face.State.NAMED:
                    changed.add(other.image_id)
    if changed:
        face_projection.follow_up(face.library, changed, [face.person_id])
