"""What owners say of faces and people: each call answers htmx with the changed piece, and a plain form with a page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from media_pipeline.access.readers import Reader
from media_pipeline.errors import InvalidRequestError
from media_pipeline.library.access import LibraryRequest, signed_in
from moderation.models import Face
from moderation.people.views import photo_people
from moderation.services.people import access as face_access
from moderation.services.people import boxes, naming, people
from moderation.services.privacy import jobs


@require_POST
@signed_in
def face(request: LibraryRequest, reader: Reader, face_id: str) -> HttpResponse:
    """One face on a photo: `do` is name, wrong, none (no face at all) or bystander."""
    shown = face_access.face(reader, face_id)
    match request.POST.get("do"):
        case "name":
            naming.name(reader, face_id, name=request.POST.get("name", ""))
        case "wrong":
            _not_that_person(reader, shown)
        case "bystander":
            naming.hide(reader, face_id)
        case "none":
            boxes.remove(reader, face_id)
        case _:
            raise InvalidRequestError("Say what to do with this face.", field="do")
    if request.htmx:
        return photo_people(request, reader, shown.image_id)
    return redirect("photo", image_id=shown.image_id)


def _not_that_person(reader: Reader, face: Face) -> None:
    if face.person_id:
        naming.reject(reader, face.pk, face.person_id)


@require_POST
@signed_in
def wrong(request: LibraryRequest, reader: Reader, person_id: str) -> HttpResponse:
    """Those faces are not this person's, and are not suggested to be again."""
    chosen = request.POST.getlist("face")[:100]
    for face_id in chosen:
        naming.reject(reader, face_id, person_id)
    if chosen:
        messages.success(request, f"{len(chosen)} face{'' if len(chosen) == 1 else 's'} without a name again.")
    return redirect("library_person", person_id=person_id)


@require_POST
@signed_in
def rename(request: LibraryRequest, reader: Reader, person_id: str) -> HttpResponse:
    people.rename(reader, person_id, request.POST.get("name", ""))
    messages.success(request, "Renamed, on their photos too.")
    return redirect("library_person", person_id=person_id)


@require_POST
@signed_in
def merge(request: LibraryRequest, reader: Reader, person_id: str) -> HttpResponse:
    into = request.POST.get("into", "")
    people.merge(reader, person_id, into)
    messages.success(request, "They are one person now.")
    return redirect("library_person", person_id=into)


@require_POST
@signed_in
def hide(request: LibraryRequest, reader: Reader, person_id: str) -> HttpResponse:
    """Leave them out of the People page, or, with `show`, put them back."""
    hidden = "show" not in request.POST
    people.hide(reader, person_id, hidden=hidden)
    messages.success(request, "Hidden from this page." if hidden else "Shown again.")
    return redirect("library_people")


@require_POST
@signed_in
def forget(request: LibraryRequest, reader: Reader, person_id: str) -> HttpResponse:
    name = people.get(reader, person_id).name
    jobs.forget_person(reader, person_id)
    messages.success(request, f"{name} is being forgotten: name, tags and measurements go. The photos stay.")
    return redirect("library_people")
