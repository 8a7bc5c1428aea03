"""What is done with the whole trash at once: so much of it as one request has time for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from media_pipeline.access.readers import Reader
from media_pipeline.errors import ConflictError, NotFoundError
from media_pipeline.images import use_cases
from media_pipeline.library import wording
from media_pipeline.library.access import LibraryRequest, signed_in
from media_pipeline.record.models import Image, Status

MAX_IMAGES = 500  # images a request: six calls each, eight at a time, are seconds of API Gateway's 29
PAGE = 100
WORKERS = 8


@require_POST
@signed_in
def empty(request: LibraryRequest, reader: Reader) -> HttpResponse:
    done, are_more = _each(reader, use_cases.purge)
    return _told(
        request, f"{wording.photos_are(done)} deleted for good.", "Empty it again for the rest." if are_more else ""
    )


@require_POST
@signed_in
def restore(request: LibraryRequest, reader: Reader) -> HttpResponse:
    done, are_more = _each(reader, use_cases.restore)
    return _told(
        request, f"{wording.photos_are(done)} back among your photos.", "Restore the rest as well." if are_more else ""
    )


def _each(reader: Reader, change: Callable[[Reader, str], object]) -> tuple[int, bool]:
    """How many were changed, and whether more were there than one request takes."""
    found = [record.image_id for record in _in_trash(reader)]
    with ThreadPoolExecutor(WORKERS) as pool:
        done = sum(pool.map(lambda image_id: _change(reader, image_id, change), found[:MAX_IMAGES]))
    return done, len(found) > MAX_IMAGES


def _change(reader: Reader, image_id: str, change: Callable[[Reader, str], object]) -> bool:
    try:
        change(reader, image_id)
    except (NotFoundError, ConflictError):  # somebody else was faster
        return False
    return True


def _in_trash(reader: Reader) -> Iterator[Image]:
    after, read = None, 0
    while read <= MAX_IMAGES:
        page = use_cases.list_images(reader, size=PAGE, status=Status.DELETED, after=after)
        yield from page.images
        read += len(page.images)
        if page.next is None:
            return
        after = page.next


def _told(request: LibraryRequest, *sentences: str) -> HttpResponse:
    messages.success(request, " ".join(filter(None, sentences)))
    return redirect("trash")
