"""People of a library: named, renamed, merged, split, hidden. Two may have the same name; then both are marked."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from media_pipeline.errors import ConflictError, InvalidRequestError, NotFoundError
from moderation.models import Erasure, Face, FaceAct, Person, Suggestion, WrongPair
from moderation.models.faces import MAX_NAME_LENGTH
from moderation.roles import May, Moderator
from moderation.services.people import access as face_access
from moderation.services.people import acts as face_acts
from moderation.services.people import projection as face_projection
from moderation.services.people.access import Actor

PAGE = 500


@dataclass(frozen=True, slots=True)
class PersonCard:
    """`collides` when another person of the library has the same name."""

    person: Person
    collides: bool


@dataclass(frozen=True, slots=True)
class MergeSuggestion:
    """Two people who may be one: so many faces of the one were found to be like the other."""

    person: Person
    other: Person
    faces: int
    similarity: float


def clean_name(name: str) -> str:
    """Without control characters and superfluous spaces; InvalidRequestError when nothing or too much is left."""
    visible = "".join(char for char in name if unicodedata.category(char) not in {"Cc", "Cs"} or char.isspace())
    cleaned = unicodedata.normalize("NFC", " ".join(visible.split()))
    if not cleaned:
        raise InvalidRequestError("A person needs a name.", field="name")
    if len(cleaned) > MAX_NAME_LENGTH:
        raise InvalidRequestError(f"A name has at most {MAX_NAME_LENGTH} characters.", field="name")
    return cleaned


def folded(name: str) -> str:
    """How names are compared: without case, and however they are composed."""
    return unicodedata.normalize("NFKC", name).casefold()[:MAX_NAME_LENGTH]


def of_library(library: str) -> QuerySet[Person]:
    return Person.objects.filter(library=library, merged_into=None, is_leaving=False)


def cards(
    actor: Actor, library: str, *, hidden: bool = False, starting_with: str = "", start: int = 0, size: int = PAGE
) -> list[PersonCard]:
    """The people with the most faces first, each with a `feature` face; two statements, however many there are."""
    face_access.require(actor, library)
    people = of_library(library).filter(is_hidden=hidden).select_related("feature")
    if starting_with:
        prefix = folded(starting_with.strip())
        people = people.filter(Q(folded_name__startswith=prefix) | Q(folded_name__contains=f" {prefix}"))
    shown = list(people[start : start + size])
    shared = _collisions(library, shown)
    return [PersonCard(person, person.folded_name in shared) for person in shown]


def _collisions(library: str, shown: Iterable[Person]) -> set[str]:
    names = Counter(person.folded_name for person in shown)
    twice = of_library(library).values("folded_name").annotate(people=Count("pk")).filter(people__gt=1)
    return set(twice.filter(folded_name__in=list(names)).values_list("folded_name", flat=True))


def get(actor: Actor, person_id: str) -> Person:
    """The person; after a merge, whom they became."""
    return face_access.person(actor, person_id)


def create(actor: Actor, library: str, name: str) -> Person:
    face_access.require(actor, library)
    name = clean_name(name)
    return Person.objects.create(library=library, name=name, folded_name=folded(name))


def named(actor: Actor, library: str, name: str) -> tuple[Person, bool]:
    """The one person of that name, made when there is none; ConflictError when there are several."""
    name = clean_name(name)
    found = list(of_library(library).filter(folded_name=folded(name))[:2])
    if len(found) > 1:
        raise ConflictError(f"Several people are called {name}. Choose one of them.")
    return (found[0], False) if found else (create(actor, library, name), True)


def rename(actor: Actor, person_id: str, name: str) -> FaceAct:
    person = get(actor, person_id)
    was, name = person.name, clean_name(name)
    renamed = {"person": person.pk, "from": was, "from_folded": person.folded_name, "to": name}
    with transaction.atomic():
        person.name, person.folded_name = name, folded(name)
        person.save(update_fields=["name", "folded_name"])
        act = face_acts.write(actor, person.library, "rename", renamed=renamed)
    face_projection.tell(_images(person))
    return act


def hide(actor: Actor, person_id: str, *, hidden: bool = True) -> FaceAct:
    """Leave them out of the People page, or show them again."""
    person = get(actor, person_id)
    was = person.is_hidden
    Person.objects.filter(pk=person.pk).update(is_hidden=hidden)
    return face_acts.write(actor, person.library, "hide_person", person_hidden={"person": person.pk, "was": was})


def feature(actor: Actor, person_id: str, face_id: str) -> None:
    """Show them by this face of theirs."""
    person = get(actor, person_id)
    if not Person.objects.filter(pk=person.pk, faces=face_id).update(feature=face_id):
        raise NotFoundError("This face is not that person's.")


def merge(actor: Actor, person_id: str, into_id: str) -> FaceAct:
    """Make the one's faces the other's, whose name stays; the old id goes on leading there. Can be undone."""
    person, into = get(actor, person_id), get(actor, into_id)
    if person.pk == into.pk:
        same = "A person cannot be merged into themselves."
        raise InvalidRequestError(same if person_id == into_id else "These two are one person already.", field="into")
    if person.library != into.library:
        raise NotFoundError("There is no person with this id.")
    if person.is_leaving or into.is_leaving:
        raise ConflictError("This person is being forgotten.")
    with transaction.atomic():
        faces = list(Face.objects.filter(person=person))
        before = face_acts.standing(faces)
        Face.objects.filter(person=person).update(person=into)
        _hand_over(Suggestion, person, into)
        wrong = {side.pk: list(side.wrong_pairs.values_list("face", "by")) for side in (person, into)}
        _hand_over(WrongPair, person, into)
        aliases = list(person.aliases.values_list("pk", flat=True))
        person.aliases.update(merged_into=into)
        Person.objects.filter(pk=person.pk).update(merged_into=into, face_count=0)
        act = face_acts.write(
            actor,
            person.library,
            "merge",
            merged=person.pk,
            into=into.pk,
            aliases=aliases,
            wrong_before=wrong,
            was_hidden=person.is_hidden,
            people=[person.pk, into.pk],
            before=before,
            after={"person_id": into.pk},
        )
    face_projection.follow_up(person.library, {face.image_id for face in faces}, [person.pk, into.pk])
    return act


def _hand_over(model: type[Suggestion | WrongPair], person: Person, into: Person) -> None:
    known = list(model.objects.filter(person=into).values_list("face", flat=True))
    model.objects.filter(person=person, face__in=known).delete()
    model.objects.filter(person=person).update(person=into)


def merge_suggestions(actor: Actor, library: str, *, size: int = 20) -> list[MergeSuggestion]:
    """Pairs of people who may be one: faces of the one were suggested to be the other, the most alike first."""
    face_access.require(actor, library)
    pairs = (
        Suggestion.objects.filter(
            face__library=library,
            face__state=Face.State.NAMED,
            face__in_trash=False,
            person__merged_into=None,
            person__is_leaving=False,
        )
        .values("face__person", "person")
        .annotate(faces=Count("pk"), similarity=Max("similarity"))
        .order_by("-similarity")
    )
    found = [pair for pair in pairs[: 2 * size] if pair["face__person"] != pair["person"]]
    people = Person.objects.select_related("feature").in_bulk(
        {pair[side] for pair in found for side in ("face__person", "person")}
    )
    suggested: dict[frozenset[str], MergeSuggestion] = {}
    for pair in found:
        one, other = people[pair["face__person"]], people[pair["person"]]
        smaller, larger = sorted((one, other), key=lambda person: (person.face_count, person.pk))
        suggested.setdefault(
            frozenset((one.pk, other.pk)), MergeSuggestion(smaller, larger, pair["faces"], pair["similarity"])
        )
    return list(suggested.values())[:size]


def split(actor: Actor, person_id: str, face_ids: Iterable[str], name: str) -> FaceAct:
    """Make some faces of a person those of a new one."""
    person, chosen = get(actor, person_id), set(face_ids)
    with transaction.atomic():
        faces = list(Face.objects.filter(person=person, pk__in=chosen))
        if not chosen or len(faces) < len(chosen):
            raise ConflictError("Some of these faces are not that person's any more. Look again.")
        before = face_acts.standing(faces)
        other = create(actor, person.library, name)
        Face.objects.filter(pk__in=chosen).update(person=other)
        act = face_acts.write(
            actor,
            person.library,
            "split",
            created=other.pk,
            people=[person.pk, other.pk],
            before=before,
            after={"person_id": other.pk},
        )
    face_projection.follow_up(person.library, {face.image_id for face in faces}, [person.pk, other.pk])
    return act


def _images(person: Person) -> set[str]:
    return set(Face.objects.filter(person=person).values_list("image_id", flat=True))


def libraries(actor: Actor) -> list[str]:
    """Where there are faces to look at for this actor: those that were measured, and are not being forgotten."""
    if isinstance(actor, Moderator):
        actor.require(May.TAG_FACE)
        whole = (Erasure.Kind.CONSENT, Erasure.Kind.ACCOUNT)
        leaving = Erasure.objects.filter(kind__in=whole, finished_at=None).values("library")
        measured = Face.objects.shown().exclude(vector="").exclude(library__in=leaving)
        return list(measured.order_by("library").values_list("library", flat=True).distinct()[:PAGE])
    return [actor.id]
