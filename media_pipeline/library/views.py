"""The pages of the library, and the pieces of them that htmx asks for."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from media_pipeline.access.readers import Reader
from media_pipeline.conf import conf
from media_pipeline.errors import NotFoundError
from media_pipeline.images import use_cases
from media_pipeline.intake import uploading
from media_pipeline.library import wording
from media_pipeline.library.access import LibraryRequest, signed_in
from media_pipeline.library.facets import column_of
from media_pipeline.library.filters import Filters, last_day_of, month_of
from media_pipeline.library.image_ids import is_image_id
from media_pipeline.library.photos import photo_of
from media_pipeline.library.tiles import Month, months_of, stream_of, tile_of
from media_pipeline.record import faces
from media_pipeline.record.models import Status
from media_pipeline.search.pages import Page
from media_pipeline.search.query import SearchQuery
from media_pipeline.storage import signing
from media_pipeline.storage.signing import ORIGINAL, Purpose

PAGE_SIZE = 50
MAX_TILES = 100  # one BatchGetItem


@require_safe
@signed_in
def library(request: LibraryRequest, reader: Reader) -> HttpResponse:
    """The newest photos by month; with filters in the address what they find, in one stream."""
    filters = Filters.read(request.GET)
    shows_column = "filter" in request.GET and not request.htmx
    context = {
        "filters": filters,
        "column": column_of(use_cases.facets(reader), filters) if shows_column else None,
        "accept": ",".join((*uploading.CONTENT_TYPES, ".heic", ".heif")),  # types that some systems do not know
    }
    if not filters:
        return _grid(request, reader, "library/library.html", None, context)
    after = _image_id(request.GET.get("after"))
    page = use_cases.search(reader, filters.query(), size=PAGE_SIZE, after=after)
    context["filters"] = filters.calling(
        {face.person: face.name for record in page.images for face in faces.read(record.faces)}
    )
    return _answer(request, "library/library.html", page, stream_of(page.images, reader), context)


@require_safe
@signed_in
def trash(request: LibraryRequest, reader: Reader) -> HttpResponse:
    return _grid(request, reader, "library/trash.html", Status.DELETED, {"trash_days": conf.trash_days})


def _grid(
    request: LibraryRequest, reader: Reader, template: str, status: Status | None, context: dict[str, Any]
) -> HttpResponse:
    """A page of the list: the newest, or what is older than `after`, newer than `before`, or from month `until` on."""
    after, before = _image_id(request.GET.get("after")), _image_id(request.GET.get("before"))
    until = last_day_of(request.GET["until"]) if request.GET.get("until") else None
    query = SearchQuery(status=status, uploaded_before=until)
    page = use_cases.search(reader, query, size=PAGE_SIZE, after=after, before=before)
    if until and page.images:
        page = replace(page, previous=page.images[0].image_id)
    return _answer(request, template, page, months_of(page.images, reader), context)


def _answer(
    request: LibraryRequest, template: str, page: Page, months: list[Month], context: dict[str, Any]
) -> HttpResponse:
    """A page of the grid; what htmx adds to one that is there leads on only in its own direction.

    `shown` in the address is the heading that is already there.
    """
    today = dt.datetime.now(dt.UTC)
    is_added_below, is_added_above = (bool(request.htmx) and name in request.GET for name in ("after", "before"))
    context |= {
        "months": months,
        "is_empty": not page.images and not page.next,
        "month_shown": request.GET.get("shown"),
        "next": None if is_added_above else page.next,
        "next_month": months[-1].key if months else "",
        "newer": None if is_added_below or context.get("filters") else page.previous,
        "today": wording.day(today),
        "this_month": {"key": f"{today:%Y-%m}", "name": wording.month(today)},
        "is_continued": not {"after", "before", "until"}.isdisjoint(request.GET),
    }
    return render(request, "library/months.html" if request.htmx else template, context)


@require_safe
@signed_in
def months(request: LibraryRequest, reader: Reader) -> HttpResponse:
    """The scrubber: every month that has photos, to jump to."""
    choices = []
    for facet in use_cases.months(reader):
        month, count = month_of(facet.value), wording.roughly(facet.count, is_rough=False, is_more=facet.is_more)
        shown = f"{wording.month(month)}, {count} photo{'' if count == '1' else 's'}"
        choices.append({"month": facet.value, "year": month.year, "shown": shown})
    return render(request, "library/scrubber.html", {"choices": choices})


@require_safe
@signed_in
def tiles(request: LibraryRequest, reader: Reader) -> HttpResponse:
    """The tiles among `tile` (id:revision) that changed since, to be swapped in where they are.

    Everything unfinished on a page is asked for at once; so are thumbnails whose address ran out (revision 0).
    """
    revisions: dict[str, str] = {}
    for asked in request.GET.getlist("tile")[:MAX_TILES]:
        image_id, _, revision = asked.partition(":")
        if is_image_id(image_id):
            revisions[image_id] = revision
    records = use_cases.get_many(reader, list(revisions))
    changed = [tile_of(record, reader) for record in records if str(int(record.revision)) != revisions[record.image_id]]
    return render(request, "library/tiles.html", {"tiles": changed})


@require_safe
@signed_in
def photo(request: LibraryRequest, reader: Reader, image_id: str) -> HttpResponse:
    record = use_cases.get(reader, image_id)
    newer, older = use_cases.neighbours(reader, record)
    context = {"photo": photo_of(record, reader), "newer": newer, "older": older}
    return render(request, "library/photo_view.html" if request.htmx else "library/photo.html", context)


@require_safe
@signed_in
def download(request: LibraryRequest, reader: Reader, image_id: str) -> HttpResponse:
    record = use_cases.get(reader, image_id)
    url = signing.sign(record, reader, Purpose.DOWNLOAD, request.GET.get("rendition", ORIGINAL))
    if url is None:
        raise NotFoundError("There is nothing to download under this name.")
    return HttpResponseRedirect(url)


def _image_id(text: str | None) -> str | None:
    if text and not is_image_id(text):
        raise Http404("This is no place in the library.")
    return text or None
