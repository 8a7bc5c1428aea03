"""Unknown faces that look alike: named once for all, without those that do not belong."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from media_pipeline.errors import DarkroomError, InvalidRequestError, NotFoundError
from moderation.access import page
from moderation.models import FaceAct, User
from moderation.roles import May, Moderator
from moderation.services.people import acts as face_acts
from moderation.services.people import naming, people
from moderation.services.people import pictures as face_pictures

SHOWN = 48


@page(May.TAG_FACE)
def groups(request: HttpRequest, viewer: Moderator) -> HttpResponse:
    """The largest first."""
    library = request.GET.get("library", "")
    clusters = naming.clusters(viewer, library=library, size=SHOWN)
    context = {
        **face_context(request, viewer, "Groups of unknown faces"),
        "clusters": clusters,
        "pictures": face_pictures.of(viewer, [face for cluster in clusters for face in cluster.faces]),
    }
    return render(request, "console/groups.html", context)


@page(May.TAG_FACE)
def group(request: HttpRequest, viewer: Moderator, cluster_id: str) -> HttpResponse:
    if request.method == "POST":
        try:
            act = _name(request, viewer, cluster_id)
        except DarkroomError as error:
            messages.error(request, str(error))
            return redirect("admin:face_groups")
        return done(request, act, "admin:face_groups", f"{len(act.details['before'])} named.")
    try:
        members = naming.members(viewer, cluster_id)
    except NotFoundError as error:
        messages.error(request, str(error))
        return redirect("admin:face_groups")
    context = {
        **face_context(request, viewer, f"{len(members)} faces that look alike"),
        "library": members[0].library,
        "faces": members,
        "pictures": face_pictures.of(viewer, members),
    }
    return render(request, "console/group.html", context)


def _name(request: HttpRequest, viewer: Moderator, cluster_id: str) -> FaceAct:
    """Those that came to the group since it was shown were not looked at: they stay as they are."""
    chosen, person = set(request.POST.getlist("face")), request.POST.get("person", "")
    try:
        others = {face.pk for face in naming.members(viewer, cluster_id)} - chosen
    except NotFoundError:  # named meanwhile, which the service says better
        others = set()
    if not chosen:
        raise InvalidRequestError("Leave at least one face in. Nothing was named.", field="face")
    name = "" if person else request.POST.get("name", "")
    return naming.name_cluster(viewer, cluster_id, person_id=person, name=name, but=others)


@page(May.TAG_FACE)
def undo(request: HttpRequest, viewer: Moderator) -> HttpResponse:
    """Take back an act that a page has just told of."""
    back = request.POST.get("back", "")
    try:
        number = request.POST.get("act", "")
        face_acts.undo(viewer, int(number) if number.isdecimal() else 0)
        messages.success(request, "Undone.")
    except DarkroomError as error:
        messages.error(request, str(error))
    return redirect(back if back.startswith(reverse("admin:faces")) else "admin:faces")


def done(request: HttpRequest, act: FaceAct, name: str, message: str, *arguments: str) -> HttpResponse:
    """Back to a page that says what was done, and offers to undo it."""
    messages.success(request, message)
    return redirect(f"{reverse(name, args=arguments)}?library={act.library}&done={act.pk}")


def face_context(request: HttpRequest, viewer: Moderator, title: str) -> dict[str, Any]:
    """What every page of faces shows: whose library it is about, and the last act."""
    libraries = people.libraries(viewer)
    names = dict(User.objects.filter(pk__in=libraries).values_list("pk", "username"))
    return {
        **admin.site.each_context(request),
        "title": title,
        "libraries": [(library, names.get(library, library)) for library in libraries],
        "library": request.GET.get("library", ""),
        "done": request.GET.get("done", ""),
    }
