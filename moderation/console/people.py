"""People of a library: found, renamed, merged, split, hidden."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from media_pipeline.errors import DarkroomError, InvalidRequestError
from moderation.access import page
from moderation.console.groups import done, face_context
from moderation.models import Face, FaceAct, Person
from moderation.roles import May, Moderator
from moderation.services.people import naming, people
from moderation.services.people import pictures as face_pictures
from moderation.services.privacy import consents

SHOWN = 200  # of a library, those with the most faces
FACES = 120  # of a person, on one page
MAX_IN_VECTOR = 100


@page(May.TAG_FACE)
def overview(request: HttpRequest, viewer: Moderator) -> HttpResponse:
    context = face_context(request, viewer, "People")
    library = context["library"] or (context["libraries"][0][0] if context["libraries"] else "")
    hidden, typed = "hidden" in request.GET, request.GET.get("q", "")
    cards = people.cards(viewer, library, hidden=hidden, starting_with=typed, size=SHOWN) if library else []
    pairs = people.merge_suggestions(viewer, library) if library and not hidden and not typed else []
    shown = [card.person for card in cards] + [person for pair in pairs for person in (pair.person, pair.other)]
    context |= {
        "library": library,
        "hidden": hidden,
        "typed": typed,
        "cards": cards,
        "pairs": pairs,
        "vectors": _vectors([card.person for card in cards]),
        "consent": consents.state(viewer, library) if library else None,
        "pictures": face_pictures.of(viewer, [person.feature for person in shown if person.feature]),
        "most": MAX_IN_VECTOR,
    }
    return render(request, "console/people.html", context)


@page(May.TAG_FACE)
def person(request: HttpRequest, viewer: Moderator, person_id: str) -> HttpResponse:
    try:
        if request.method == "POST":
            act, message = _act(request, viewer, person_id)
            if act is None:
                messages.success(request, message)
                return redirect("admin:person", person_id)
            return done(request, act, "admin:person", message, person_id)
        shown = people.get(viewer, person_id)
    except DarkroomError as error:
        messages.error(request, str(error))
        known = Person.objects.filter(pk=person_id).exists()
        return redirect("admin:person", person_id) if known and request.method == "POST" else redirect("admin:people")
    if shown.pk != person_id:  # they were merged
        return redirect("admin:person", shown.pk)
    theirs = naming.of_person(viewer, shown.pk, after=request.GET.get("after", ""), size=FACES)
    context = {
        **face_context(request, viewer, shown.name),
        "library": shown.library,
        "person": shown,
        "faces": theirs,
        "after": theirs[-1].pk if len(theirs) == FACES else "",
        "pictures": face_pictures.of(viewer, theirs),
        "vectors": _vectors([shown]).get(shown.pk, 0),
        "most": MAX_IN_VECTOR,
        "may_forget": viewer.may(May.ERASE_BIOMETRICS),
    }
    return render(request, "console/person.html", context)


def _act(request: HttpRequest, viewer: Moderator, person_id: str) -> tuple[FaceAct | None, str]:
    """What was done, if it can be undone, and what to say of it."""
    chosen, name = request.POST.getlist("face"), request.POST.get("name", "")
    match request.POST.get("act"):
        case "rename":
            return people.rename(viewer, person_id, name), "Renamed."
        case "hide" | "show" as act:
            return people.hide(viewer, person_id, hidden=act == "hide"), "Hidden." if act == "hide" else "Shown again."
        case "merge":
            return people.merge(viewer, person_id, _other(request, viewer, person_id)), "Merged."
        case "split":
            return people.split(viewer, person_id, chosen, name), f"{len(chosen)} split off."
        case "wrong":
            for face_id in chosen:
                naming.reject(viewer, face_id, person_id)
            return None, f"{len(chosen)} taken off; they are never suggested to be this person again."
        case "feature":
            if len(chosen) != 1:
                raise InvalidRequestError("Choose one face to show them by.", field="face")
            people.feature(viewer, person_id, chosen[0])
            return None, "They are shown by this face now."
        case _:
            raise InvalidRequestError("There is no such act.", field="act")


def _other(request: HttpRequest, viewer: Moderator, person_id: str) -> str:
    """Whom to merge into: somebody chosen, or the only one of the name that was typed."""
    chosen, name = request.POST.get("person", ""), request.POST.get("name", "").strip()
    if chosen:
        return chosen
    cards = people.cards(viewer, people.get(viewer, person_id).library, starting_with=name) if name else []
    same = [card.person.pk for card in cards if card.person.folded_name == people.folded(name)]
    others = [pk for pk in same if pk != person_id]
    if len(others) != 1:
        raise InvalidRequestError("Choose whom to merge them into from the list below the name.", field="name")
    return others[0]


def _vectors(shown: list[Person]) -> dict[str, int]:
    """How many faces each one's vector is made of."""
    associated = Face.objects.filter(associated_to__in=[person.pk for person in shown]).order_by()
    return dict(associated.values_list("associated_to").annotate(Count("pk")))
