"""The pages of albums, and what people change there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from media_pipeline.access.readers import Reader
from media_pipeline.albums import albums, links, places
from media_pipeline.albums.places import Album
from media_pipeline.errors import InvalidRequestError, NotFoundError
from media_pipeline.images.use_cases import delete_album
from media_pipeline.library import wording
from media_pipeline.library.access import LibraryRequest, signed_in
from media_pipeline.library.changes import happened
from media_pipeline.library.image_ids import is_image_id
from media_pipeline.library.selection import chosen_ids
from media_pipeline.library.tiles import Thumbnail, stream_of, thumbnail_of
from media_pipeline.record.models import Image
from media_pipeline.search.words import fold

PAGE_SIZE = 50
CARDS = 60


@dataclass(frozen=True, slots=True)
class Card:
    album_id: str
    name: str
    count: int
    cover: Thumbnail | None
    shared_until: str


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def overview(request: LibraryRequest, reader: Reader) -> HttpResponse:
    """All albums, newest first; with POST, one more."""
    if request.method == "POST":
        album = albums.create(reader, request.POST.get("name", ""))
        return redirect("album", album_id=album.album_id)
    after = request.GET.get("after")
    if after and not is_image_id(after):
        raise NotFoundError("This is no place in the list.")
    found, following = albums.listed(reader, size=CARDS, after=after)
    context = {"cards": _cards(found, reader), "next": following, "max_name": albums.MAX_NAME_LENGTH}
    return render(request, "library/albums.html", context)


def _cards(found: list[Album], reader: Reader) -> list[Card]:
    """With the covers that are to be seen, and which album has a link that leads to it."""
    covers = {record.image_id: record for record in Image.load_many([album.cover for album in found if album.cover])}
    until: dict[str, int] = {}
    for share in links.listed(reader):
        until[share.target] = max(share.expires_at, until.get(share.target, 0))
    return [
        Card(
            album.album_id,
            album.name,
            max(0, int(album.size)),
            _cover(album, covers.get(album.cover or ""), reader),
            _day(until[album.album_id]) if album.album_id in until else "",
        )
        for album in found
    ]


def _cover(album: Album, chosen: Image | None, reader: Reader) -> Thumbnail | None:
    """The chosen one, or the first while that is in the trash or was never chosen; none of what nobody should see."""
    if chosen is None or chosen.status in places.HIDDEN:
        chosen = next(iter(places.contents(album, size=1).images), None) if album.size > 0 else None
    return thumbnail_of(chosen, reader) if chosen else None


def _day(seconds: int) -> str:
    return wording.day(dt.datetime.fromtimestamp(seconds, dt.UTC))


@require_safe
@signed_in
def album(request: LibraryRequest, reader: Reader, album_id: str) -> HttpResponse:
    """The photos of one album in its own order."""
    found = albums.get(reader, album_id)
    after = request.GET.get("after")
    if after and not places.POSITION.fullmatch(after):
        raise NotFoundError("This is no place in the album.")
    page = places.contents(found, size=PAGE_SIZE, after=after)
    context = {
        "album": found,
        "months": stream_of(page.images, reader) if page.images else [],
        "month_shown": request.GET.get("shown"),
        "next": page.next,
        "next_month": "found",
        "is_empty": not page.images and not page.next,
        "max_name": albums.MAX_NAME_LENGTH,
    }
    return render(request, "library/months.html" if request.htmx else "library/album.html", context)


@require_POST
@signed_in
def name(request: LibraryRequest, reader: Reader, album_id: str) -> HttpResponse:
    found = albums.edit(reader, album_id, name=request.POST.get("name", ""))
    if request.htmx:
        return render(request, "library/album_name.html", {"album": found, "max_name": albums.MAX_NAME_LENGTH})
    return redirect("album", album_id=album_id)


@require_POST
@signed_in
def delete(request: LibraryRequest, reader: Reader, album_id: str) -> HttpResponse:
    found = albums.get(reader, album_id)
    delete_album(reader, album_id)
    messages.success(request, f"The album “{found.name}” is deleted. Its photos are still in the library.")
    return redirect("albums")


@require_POST
@signed_in
def cover(request: LibraryRequest, reader: Reader, album_id: str) -> HttpResponse:
    chosen = chosen_ids(request)
    if len(chosen) != 1:
        raise InvalidRequestError("Choose one photo for the cover.")
    albums.edit(reader, album_id, cover=chosen[0])
    return happened(request, "filed", {"sentence": "That is the cover now."}, reverse("album", args=[album_id]))


@require_POST
@signed_in
def remove(request: LibraryRequest, reader: Reader, album_id: str) -> HttpResponse:
    """Out of the album; the library keeps them."""
    removed = albums.remove(reader, album_id, chosen_ids(request))
    detail = {"ids": removed, "sentence": f"{wording.photos_are(len(removed))} out of the album."}
    return happened(request, "unfiled", detail, reverse("album", args=[album_id]))


@require_POST
@signed_in
def move(request: LibraryRequest, reader: Reader, album_id: str) -> HttpResponse:
    """One photo right before another, or to the end. The page has shown it there already."""
    albums.move(reader, album_id, request.POST.get("photo", ""), before=request.POST.get("before") or None)
    return HttpResponse(status=204) if request.htmx else redirect("album", album_id=album_id)


@require_POST
@signed_in
def file(request: LibraryRequest, reader: Reader) -> HttpResponse:
    """What was chosen into the album of that name, which is made if there is none."""
    wanted, chosen = request.POST.get("album", ""), chosen_ids(request)
    existing = [each for each in albums.listed(reader)[0] if fold(each.name) == fold(wanted)]
    found = existing[0] if existing else albums.create(reader, wanted)
    added = albums.add(reader, found.album_id, chosen)
    subject = wording.photos_are(len(added))
    sentence = f"{subject} in “{found.name}”." if added else f"They are in “{found.name}” already."
    return happened(request, "filed", {"ids": added, "sentence": sentence}, reverse("album", args=[found.album_id]))


@require_safe
@signed_in
def names(request: LibraryRequest, reader: Reader) -> HttpResponse:
    """What somebody may mean who begins to type an album's name."""
    return render(request, "library/album_names.html", {"albums": albums.listed(reader)[0]})
