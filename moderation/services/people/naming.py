"""Faces: listed, named, corrected. Every act can be undone by who did it (face_acts.undo)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from media_pipeline import conf
from media_pipeline.access.readers import Reader
from media_pipeline.aws import task_queue
from media_pipeline.errors import ConflictError, InvalidRequestError, NotFoundError
from moderation.models import Face, FaceAct, Person, Suggestion, WrongPair
from moderation.services.cases import leases
from moderation.services.people import access as face_access
from moderation.services.people import acts as face_acts
from moderation.services.people import people
from moderation.services.people import projection as face_projection
from moderation.services.people.access import Actor

CANDIDATES = 5
SAMPLE = 8  # faces shown of a cluster in a list


@dataclass(frozen=True, slots=True)
class FaceTask:
    """A face that somebody should look at; up to five candidates, the most alike first, each with `person.feature`."""

    face: Face
    candidates: list[Suggestion]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Unknown faces that look like each other; `faces` are a few of them, the best first."""

    cluster_id: str
    library: str
    size: int
    faces: list[Face]


# Lists


def uncertain(actor: Actor, *, library: str = "", size: int = 20, but: Collection[str] = ()) -> list[FaceTask]:
    """Faces with suggestions, those first whose best one is nearest to the threshold, besides those in `but`.

    They are the actor's for a lease, and those in `but` that were are so for another: nobody else is asked about them.
    """
    known = list(but)[-1000:]
    waiting = _visible(actor, library).filter(state=Face.State.SUGGESTED).exclude(pk__in=known)
    free = waiting.filter(leases.FREE | Q(leased_by=actor.id)).order_by("doubt", "pk")
    with transaction.atomic():
        # As with cases: on PostgreSQL rows that another call is at are passed over.
        faces = list(free.select_for_update(skip_locked=True)[:size])
        held = Q(pk__in=known, leased_by=actor.id) | Q(pk__in=[face.pk for face in faces])
        Face.objects.filter(held).update(leased_by=actor.id, leased_until=Now() + leases.LEASE)
    return _with_candidates(faces)


def give_back(actor: Actor, face_id: str) -> None:
    """Leave a face to others."""
    Face.objects.filter(pk=face_id, leased_by=actor.id).update(leased_by="", leased_until=None)


def task(actor: Actor, face_id: str) -> FaceTask:
    return _with_candidates([face_access.face(actor, face_id)])[0]


def _with_candidates(faces: list[Face]) -> list[FaceTask]:
    candidates: dict[str, list[Suggestion]] = {face.pk: [] for face in faces}
    found = Suggestion.objects.filter(
        face__in=list(candidates), person__merged_into=None, person__is_leaving=False
    ).select_related("person__feature")
    for suggestion in found.order_by("-similarity", "pk"):
        candidates[suggestion.face_id].append(suggestion)
    return [FaceTask(face, candidates[face.pk][:CANDIDATES]) for face in faces]


def count_uncertain(actor: Actor, *, library: str = "") -> int:
    return _visible(actor, library).filter(state=Face.State.SUGGESTED).count()


def clusters(actor: Actor, *, library: str = "", start: int = 0, size: int = 24, at_least: int = 2) -> list[Cluster]:
    """The largest groups of unknown faces first; two statements."""
    groups = (
        _visible(actor, library)
        .filter(state__in=Face.WAITING)
        .exclude(cluster="")
        .values("cluster", "library")
        .annotate(size=Count("pk"))
        .filter(size__gte=at_least)
        .order_by("-size", "cluster")
    )
    shown = list(groups[start : start + size])
    faces: dict[str, list[Face]] = {group["cluster"]: [] for group in shown}
    for face in Face.objects.shown().filter(cluster__in=list(faces), state__in=Face.WAITING).order_by("-quality"):
        if len(faces[face.cluster]) < SAMPLE:
            faces[face.cluster].append(face)
    return [Cluster(group["cluster"], group["library"], group["size"], faces[group["cluster"]]) for group in shown]


def members(actor: Actor, cluster_id: str) -> list[Face]:
    """The cluster's faces that still have no name, the best first."""
    faces = list(Face.objects.shown().filter(cluster=cluster_id, state__in=Face.WAITING).order_by("-quality"))
    if not cluster_id or not faces:
        raise NotFoundError("There is no group with this id any more.")
    face_access.require(actor, faces[0].library, "group")
    return faces


def of_image(actor: Actor, image_id: str) -> list[Face]:
    """The faces of one image in the order they were found; made from its record when they are not known here yet."""
    record = face_access.image(actor, image_id)
    faces = list(Face.objects.filter(image_id=image_id).select_related("person"))
    if len(faces) != len(record.faces or ()):
        face_projection.project(record)
        faces = list(Face.objects.filter(image_id=image_id).select_related("person"))
    return sorted(faces, key=lambda face: face_access.number(face.pk))


def of_person(actor: Actor, person_id: str, *, after: str = "", size: int = 60) -> list[Face]:
    """A person's faces, those of the newest images first; `after` is the last face id of the page before."""
    person = people.get(actor, person_id)
    return _page(Face.objects.shown().filter(person=person), after, size)


def unidentified(actor: Actor, library: str, *, after: str = "", size: int = 60) -> list[Face]:
    """Faces without a name, those of the newest images first."""
    face_access.require(actor, library)
    return _page(Face.objects.shown().filter(library=library, state__in=Face.WAITING), after, size)


def _page(faces: QuerySet[Face], after: str, size: int) -> list[Face]:
    """By face id, which begins with the image's, backwards."""
    further = faces.filter(pk__lt=after) if after else faces
    return list(further.select_related("person").order_by("-pk")[:size])


def _visible(actor: Actor, library: str) -> QuerySet[Face]:
    """The faces among which an actor looks; without a library, reviewers see all and owners their own."""
    if not library and isinstance(actor, Reader):
        library = actor.id
    face_access.require(actor, library)
    return Face.objects.shown().filter(library=library) if library else Face.objects.shown()


# Names


def name(actor: Actor, face_id: str, *, person_id: str = "", name: str = "", seen: str | None = None) -> FaceAct:
    """Say whose face it is: a person by id, or by name, which makes a new one when nobody has it.

    `seen` is whose it was when the actor looked ("" for nobody): ConflictError when that has changed.
    """
    face = face_access.face(actor, face_id)
    if seen is not None and (face.person_id or "") != seen:
        raise ConflictError(_meanwhile(face.person))
    return _name(actor, [face], person_id, name, "name")


def name_cluster(
    actor: Actor, cluster_id: str, *, person_id: str = "", name: str = "", but: Collection[str] = ()
) -> FaceAct:
    """Say whose faces a group's are, all but those in `but`, which are left as a group of their own.

    ConflictError, with the name, when somebody else named them first.
    """
    grouped = Face.objects.shown().filter(cluster=cluster_id) if cluster_id else Face.objects.none()
    faces = grouped.select_related("person")
    every = list(faces)
    if not every:
        raise NotFoundError("There is no group with this id.")
    face_access.require(actor, every[0].library, "group")
    waiting = [face for face in every if face.state in Face.WAITING]
    chosen = [face for face in waiting if face.pk not in set(but)]
    if not chosen:
        named = sorted((face for face in every if face.named_at), key=lambda face: str(face.named_at))
        raise ConflictError(_meanwhile(named[-1].person if named else None))
    return _name(actor, chosen, person_id, name, "name_cluster")


def _meanwhile(person: Person | None) -> str:
    if person is None:
        return "Somebody else has changed this meanwhile. Look again."
    return f"Somebody else has named this {person.name} meanwhile. Look again."


def _name(actor: Actor, faces: list[Face], person_id: str, name: str, what: str) -> FaceAct:
    library = faces[0].library
    with transaction.atomic():
        person, is_new = _person(actor, library, person_id, name)
        before = face_acts.standing(faces)
        ids = [face.pk for face in faces]
        suggestions = list(Suggestion.objects.filter(face__in=ids).values_list("face", "person", "similarity"))
        unchanged = Face.objects.filter(pk__in=ids, state__in={face.state for face in faces})
        changed = unchanged.update(
            person=person,
            state=Face.State.NAMED,
            is_automatic=False,
            named_by=actor.id,
            named_at=timezone.now(),
            doubt=None,
        )
        if changed < len(faces):  # somebody else's transaction ended between the reading and this
            raise ConflictError(_meanwhile(None))
        Suggestion.objects.filter(face__in=ids).delete()
        WrongPair.objects.filter(face__in=ids, person=person).delete()
        touched = {person.pk, *(face.person_id for face in faces if face.person_id)}
        act = face_acts.write(
            actor,
            library,
            what,
            before=before,
            after={"person_id": person.pk, "state": Face.State.NAMED.value},
            suggestions=suggestions,
            people=sorted(touched),
            created=person.pk if is_new else None,
        )
    face_projection.follow_up(library, {face.image_id for face in faces}, touched, named=ids)
    return act


def _person(actor: Actor, library: str, person_id: str, name: str) -> tuple[Person, bool]:
    if bool(person_id) is bool(name.strip()):
        raise InvalidRequestError("Give a person or a name, one of them.", field="name")
    if not person_id:
        return people.named(actor, library, name)
    person = people.get(actor, person_id)
    if person.library != library:
        raise NotFoundError("There is no person with this id.")
    if person.is_leaving:
        raise ConflictError("This person is being forgotten.")
    return person, False


def reject(actor: Actor, face_id: str, person_id: str) -> FaceAct:
    """This is not that person: never suggested again. A face that had their name has none afterwards."""
    face = face_access.face(actor, face_id)
    person = people.get(actor, person_id)
    if person.library != face.library:
        raise NotFoundError("There is no person with this id.")
    with transaction.atomic():
        before = face_acts.standing([face])
        suggestions = list(face.suggestions.filter(person=person).values_list("face", "person", "similarity"))
        _, is_new = WrongPair.objects.get_or_create(face=face, person=person, defaults={"by": actor.id})
        face.suggestions.filter(person=person).delete()
        best = face.suggestions.order_by("-similarity").first()
        was_theirs = face.person_id == person.pk
        if was_theirs or face.state in Face.WAITING:
            face.person, face.is_automatic = None, False
            face.state = Face.State.SUGGESTED if best else Face.State.UNKNOWN
            face.doubt = abs(best.similarity - conf.conf.face_suggestion_similarity) if best else None
            face.save(update_fields=["person", "is_automatic", "state", "doubt"])
        act = face_acts.write(
            actor,
            face.library,
            "reject",
            before=before,
            after={"person_id": face.person_id, "state": str(face.state)},
            suggestions=suggestions,
            wrong=[[face.pk, person.pk]] if is_new else [],
            people=[person.pk],
        )
    face_projection.follow_up(face.library, {face.image_id} if was_theirs else (), [person.pk] if was_theirs else ())
    return act


def unname(actor: Actor, face_id: str) -> FaceAct:
    """Take the name off a face."""
    face = face_access.face(actor, face_id)
    if face.person_id is None:
        raise ConflictError("This face has no name.")
    return reject(actor, face_id, face.person_id)


def hide(actor: Actor, face_id: str) -> FaceAct:
    """A bystander: no name, no suggestions, and no vector."""
    face = face_access.face(actor, face_id)
    with transaction.atomic():
        before = face_acts.standing([face])
        suggestions = list(face.suggestions.values_list("face", "person", "similarity"))
        face.suggestions.all().delete()
        touched = [face.person_id] if face.person_id else []
        face.person, face.state, face.is_automatic, face.doubt = None, Face.State.HIDDEN, False, None
        face.save(update_fields=["person", "state", "is_automatic", "doubt"])
        after = {"person_id": None, "state": Face.State.HIDDEN.value}
        act = face_acts.write(
            actor, face.library, "hide", before=before, after=after, suggestions=suggestions, people=touched
        )
    face_projection.follow_up(face.library, {face.image_id}, touched)
    if face.vector:
        task_queue.send("drop_vector", {"face_id": face.pk})
    return act
