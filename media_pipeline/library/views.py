"""The pages of the library, and the pieces of them that htmx asks for."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from media_pipeline import services, storage
from media_pipeline.conf import conf
from media_pipeline.errors import NotFoundError
from media_pipeline.library import wording
from media_pipeline.library.access import LibraryRequest, signed_in
from media_pipeline.library.image_ids import is_image_id
from media_pipeline.library.photos import photo_of
from media_pipeline.library.tiles import month_key, months_of, tile_of
from media_pipeline.models import Status
from media_pipeline.readers import Reader
from media_pipeline.storage import ORIGINAL, Purpose

PAGE_SIZE = 50
MOST_TILES = 100  # one BatchGetItem


@require_safe
@signed_in
def library(request: LibraryRequest, reader: Reader) -> HttpResponse:
    return _grid(request, reader, "library/library.html", None)


@require_safe
@signed_in
def trash(request: LibraryRequest, reader: Reader) -> HttpResponse:
    return _grid(request, reader, "library/trash.html", Status.DELETED)


def _grid(request: LibraryRequest, reader: Reader, template: str, status: Status | None) -> HttpResponse:
    """A page of the grid; `after` continues it, `month` is the heading that is already there."""
    after = _image_id(request.GET.get("after"))
    page = services.list_images(reader, size=PAGE_SIZE, status=status, after=after)
    today = dt.datetime.now(dt.UTC)
    context = {
        "months": months_of(page.images, reader),
        "month_shown": request.GET.get("month"),
        "next": page.next,
        "next_month": month_key(page.images[-1]) if page.images else "",
        "today": wording.day(today),
        "this_month": {"key": f"{today:%Y-%m}", "name": wording.month(today)},
        "is_trash": status is Status.DELETED,
        "is_continued": bool(after),
        "trash_days": conf.trash_days,
        "accept": ",".join((*services.CONTENT_TYPES, ".heic", ".heif")),  # types that some systems do not know
    }
    return render(request, "library/months.html" if request.htmx else template, context)


@require_safe
@signed_in
def tiles(request: LibraryRequest, reader: Reader) -> HttpResponse:
    """The tiles among `tile` (id:revision) that changed since, to be swapped in where they are.

    Everything unfinished on a page is asked for at once; so are thumbnails whose address ran out (revision 0).
    """
    revisions: dict[str, str] = {}
    for asked in request.GET.getlist("tile")[:MOST_TILES]:
        image_id, _, revision = asked.partition(":")
        if is_image_id(image_id):
            revisions[image_id] = revision
    records = services.get_many(reader, list(revisions))
    changed = [tile_of(record, reader) for record in records if str(int(record.revision)) != revisions[record.image_id]]
    return render(request, "library/tiles.html", {"tiles": changed})


@require_safe
@signed_in
def photo(request: LibraryRequest, reader: Reader, image_id: str) -> HttpResponse:
    record = services.get(reader, image_id)
    newer, older = services.neighbours(reader, record)
    context = {"photo": photo_of(record, reader), "newer": newer, "older": older}
    return render(request, "library/photo_view.html" if request.htmx else "library/photo.html", context)


@require_safe
@signed_in
def download(request: LibraryRequest, reader: Reader, image_id: str) -> HttpResponse:
    record = services.get(reader, image_id)
    url = storage.sign(record, reader, Purpose.DOWNLOAD, request.GET.get("rendition", ORIGINAL))
    if url is None:
        raise NotFoundError("There is nothing to download under this name.")
    return HttpResponseRedirect(url)


def _image_id(text: str | None) -> str | None:
    if text and not is_image_id(text):
        raise Http404("This is no place in the library.")
    return text or None
