"""The owner's pages of people: who they are, who is still without a name, and all faces of one of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from media_pipeline.access.readers import Reader
from media_pipeline.errors import DarkroomError
from media_pipeline.images import use_cases
from media_pipeline.library.access import LibraryRequest, signed_in
from media_pipeline.library.tiles import tile_of
from moderation.people.crops import Crop, crops_of
from moderation.services.people import naming, people, selfies
from moderation.services.privacy import consents

GROUPS = 12
FACES = 60
MAX_PHOTOS = 100  # one BatchGetItem


@require_safe
@signed_in
def overview(request: LibraryRequest, reader: Reader) -> HttpResponse:
    is_hidden = "hidden" in request.GET
    cards = people.cards(reader, reader.id, hidden=is_hidden)
    groups = [] if is_hidden else naming.clusters(reader, library=reader.id, size=GROUPS)
    features = [card.person.feature for card in cards if card.person.feature]
    crops = {crop.face.pk: crop for crop in crops_of(reader, [*features, *(group.faces[0] for group in groups)])}
    context = {
        "cards": [(card, crops.get(card.person.feature_id or "")) for card in cards],
        "groups": [(group, crops.get(group.faces[0].pk)) for group in groups],
        "is_hidden": is_hidden,
        "consent": consents.state(reader, reader.id),
    }
    return render(request, "people/overview.html", context)


@require_safe
@signed_in
def person(request: LibraryRequest, reader: Reader, person_id: str) -> HttpResponse:
    """A person's faces, those of the newest photos first, to put right what is wrong."""
    found = people.get(reader, person_id)
    if found.pk != person_id:
        return redirect("library_person", person_id=found.pk)
    shown = naming.of_person(reader, person_id, after=request.GET.get("after", ""), size=FACES)
    others = [card.person for card in people.cards(reader, reader.id) if card.person.pk != person_id]
    context = {
        "person": found,
        "crops": crops_of(reader, shown),
        "next": shown[-1].pk if len(shown) == FACES else "",
        "others": others,
    }
    return render(request, "people/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def group(request: LibraryRequest, reader: Reader, cluster_id: str) -> HttpResponse:
    """Unknown faces that look alike; with POST, one name for those that are still checked."""
    members = naming.members(reader, cluster_id)
    if request.method == "POST":
        chosen = set(request.POST.getlist("face"))
        but = [face.pk for face in members if face.pk not in chosen]
        try:
            naming.name_cluster(reader, cluster_id, name=request.POST.get("name", ""), but=but)
        except DarkroomError as error:  # said where the choice still stands
            return _group(request, reader, members, str(error), error.status)
        messages.success(request, f"{len(members) - len(but)} faces have a name now.")
        return redirect("library_people")
    return _group(request, reader, members)


def _group(
    request: LibraryRequest, reader: Reader, members: list[Any], problem: str = "", status: int = 200
) -> HttpResponse:
    context = {"crops": crops_of(reader, members), "names": names(reader), "problem": problem}
    return render(request, "people/group.html", context, status=status)


@require_safe
@signed_in
def of_photo(request: LibraryRequest, reader: Reader, image_id: str) -> HttpResponse:
    """The part of a photo's page that says who is in it."""
    return photo_people(request, reader, image_id)


def photo_people(request: LibraryRequest, reader: Reader, image_id: str) -> HttpResponse:
    found = [face for face in naming.of_image(reader, image_id) if face.state != face.State.HIDDEN]
    context = {"image_id": image_id, "crops": crops_of(reader, found), "names": names(reader)}
    return render(request, "people/photo.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def find(request: LibraryRequest, reader: Reader) -> HttpResponse:
    """Who is on a picture that is looked at and not kept."""
    context: dict[str, Any] = {"consent": consents.state(reader, reader.id), "asked": request.method == "POST"}
    status = 200
    if request.method == "POST" and (file := request.FILES.get("picture")):
        try:
            found = selfies.find(reader, file.read(selfies.MAX_BYTES + 1))
        except DarkroomError as error:
            context["problem"], status = str(error), error.status
        else:
            records = use_cases.get_many(reader, found.image_ids[:MAX_PHOTOS])
            context |= {"found": _matches(reader, found), "photos": [tile_of(record, reader) for record in records]}
    elif request.method == "POST":
        context["problem"], status = "Choose a picture first.", 400
    return render(request, "people/find.html", context, status=status)


def _matches(reader: Reader, found: selfies.Found) -> list[tuple[Any, int, Crop | None]]:
    features = [person.feature for person, _ in found.people if person.feature]
    crops = {crop.face.pk: crop for crop in crops_of(reader, features)}
    return [(person, round(similarity), crops.get(person.feature_id or "")) for person, similarity in found.people]


def names(reader: Reader) -> list[str]:
    """What the owner called people before, each once: offered while a name is typed."""
    return list(dict.fromkeys(card.person.name for card in people.cards(reader, reader.id)))
