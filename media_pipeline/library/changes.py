"""What people change: each call answers htmx with the changed piece, and a plain form with a page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from media_pipeline.access.readers import Reader
from media_pipeline.images import use_cases
from media_pipeline.images.use_cases import Edit
from media_pipeline.library.access import LibraryRequest, signed_in
from media_pipeline.library.photos import photo_of
from media_pipeline.library.tiles import tile_of, title_of
from media_pipeline.record.models import Image


@require_POST
@signed_in
def title(request: LibraryRequest, reader: Reader, image_id: str) -> HttpResponse:
    record = use_cases.edit(reader, image_id, Edit(title=request.POST.get("title", "").strip()))
    return _piece(request, record, reader, "library/photo_title.html")


@require_POST
@signed_in
def tags(request: LibraryRequest, reader: Reader, image_id: str) -> HttpResponse:
    """One tag to `add`, or one to `remove`."""
    before = use_cases.get(reader, image_id).tags or []
    after = [tag for tag in before if tag != request.POST.get("remove")] + [request.POST.get("add", "")]
    record = use_cases.edit(reader, image_id, Edit(tags=after))
    return _piece(request, record, reader, "library/photo_tags.html")


@require_POST
@signed_in
def trash(request: LibraryRequest, reader: Reader, image_id: str) -> HttpResponse:
    name = title_of(use_cases.get(reader, image_id))
    use_cases.delete(reader, image_id)
    return moved(request, [image_id], "trashed", f"“{name}” is in the Trash.", undo=True)


@require_POST
@signed_in
def restore(request: LibraryRequest, reader: Reader, image_id: str) -> HttpResponse:
    name = title_of(use_cases.restore(reader, image_id))
    return moved(request, [image_id], "restored", f"“{name}” is back among your photos.")


def moved(
    request: LibraryRequest, image_ids: list[str], event: str, sentence: str, *, undo: bool = False, tag: str = ""
) -> HttpResponse:
    """The page changes its tiles and says so itself; without a script, the next page says it.

    `undo` lets that page offer to take all of them out of the trash again; `tag` is what its script
    may take off them again.
    """
    detail = {"ids": image_ids, "sentence": sentence, **({"tag": tag} if tag else {})}
    return happened(request, event, detail, "library", undo=undo)


def happened(
    request: LibraryRequest, event: str, detail: dict[str, Any], page: str, *, undo: bool = False
) -> HttpResponse:
    """The page's script hears of `event`; without one, `page` is shown and says the sentence."""
    if request.htmx:
        return trigger_client_event(HttpResponse(status=204), f"darkroom:{event}", detail)
    messages.success(request, detail["sentence"], extra_tags=" ".join(detail["ids"]) if undo else "")
    return redirect(page)


@require_POST
@signed_in
def retry(request: LibraryRequest, reader: Reader, image_id: str) -> HttpResponse:
    record = use_cases.retry(reader, image_id)
    if request.htmx:
        return render(request, "library/tiles.html", {"tiles": [tile_of(record, reader)]})
    return redirect("photo", image_id=image_id)


def _piece(request: LibraryRequest, record: Image, reader: Reader, template: str) -> HttpResponse:
    if request.htmx:
        return render(request, template, {"photo": photo_of(record, reader)})
    return redirect("photo", image_id=record.image_id)
