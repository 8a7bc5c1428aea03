"""What a link shows to whoever has it: photos that are ready, and of what is known of them, what their owner chose.

No account, no cookie, no trace in search engines, and no address of this page in anybody's log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from media_pipeline.albums import links, places
from media_pipeline.albums.places import Album
from media_pipeline.errors import DarkroomError, NotFoundError
from media_pipeline.library import wording
from media_pipeline.library.photos import fallback_of, sources_of
from media_pipeline.library.tiles import THUMBNAIL
from media_pipeline.record.models import Image
from media_pipeline.search import terms
from media_pipeline.storage import signing
from media_pipeline.storage.signing import Purpose

PAGE_SIZE = 60
DOWNLOADED = "jpeg"
HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


@dataclass(frozen=True, slots=True)
class GuestTile:
    image_id: str
    name: str
    url: str
    width: int
    height: int
    colour: str


@dataclass(frozen=True, slots=True)
class GuestPhoto:
    image_id: str
    name: str
    facts: list[str]
    sources: list[tuple[str, str]]
    url: str
    width: int
    height: int
    may_be_downloaded: bool


def by_link(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Call `view` with what the token leads to; every token that leads nowhere gets the same page."""

    @wraps(view)
    @require_safe
    @gzip_page
    def guarded(request: HttpRequest, token: str, **arguments: str) -> HttpResponseBase:
        try:
            answer = view(request, links.opened(token), **arguments)
        except NotFoundError as error:
            raise Http404(str(error)) from error
        except DarkroomError as error:
            if error.status == 500:
                raise
            answer = render(request, "library/error.html", {"message": str(error)}, status=error.status)
        for name, value in HEADERS.items():
            answer.headers[name] = value
        return answer

    return guarded


@by_link
def shared(request: HttpRequest, share: links.Share) -> HttpResponse:
    """The photo, or the album's photos."""
    if share.image_id:
        return _photo_page(request, share, share.image_id)
    album = Album.load(str(share.album_id))
    if album is None:
        raise NotFoundError("This link leads nowhere.")
    page = places.contents(album, size=PAGE_SIZE, after=_position(request.GET.get("after")))
    tiles = [tile for record in page.images if (tile := _tile(record, share))]
    name = album.name if "title" in share.shows else "Photos"
    return render(
        request, "library/guest_album.html", {"name": name, "tiles": tiles, "next": page.next, **_token(request)}
    )


@by_link
def photo(request: HttpRequest, share: links.Share, image_id: str) -> HttpResponse:
    return _photo_page(request, share, image_id)


@by_link
def download(_request: HttpRequest, share: links.Share, image_id: str) -> HttpResponse:
    record = Image.load(image_id)
    url = signing.sign(record, share.guest, Purpose.DOWNLOAD, DOWNLOADED) if record else None
    if url is None:
        raise NotFoundError("There is nothing to download here.")
    return HttpResponseRedirect(url)


def _photo_page(request: HttpRequest, share: links.Share, image_id: str) -> HttpResponse:
    record = Image.load(image_id)
    found = _photo(record, share) if record else None
    if found is None:
        raise NotFoundError("This link leads nowhere.")
    return render(
        request,
        "library/guest_photo.html",
        {"photo": found, "is_of_album": share.album_id is not None, **_token(request)},
    )


def _token(request: HttpRequest) -> dict[str, str]:
    """Known only from the address: what is stored is its hash."""
    match = request.resolver_match
    return {"token": match.kwargs["token"] if match else ""}


def _tile(record: Image, share: links.Share) -> GuestTile | None:
    thumbnail = record.rendition(THUMBNAIL)
    url = signing.sign(record, share.guest, Purpose.VIEW, THUMBNAIL)
    if thumbnail is None or url is None:
        return None
    return GuestTile(record.image_id, _name(record, share), url, thumbnail.width, thumbnail.height, record.colour or "")


def _photo(record: Image, share: links.Share) -> GuestPhoto | None:
    url = fallback_of(record, share.guest)
    if url is None:
        return None
    return GuestPhoto(
        record.image_id,
        _name(record, share),
        _facts(record, share),
        sources_of(record, share.guest),
        url,
        int(record.width or 0),
        int(record.height or 0),
        share.may_download and record.rendition(DOWNLOADED) is not None,
    )


def _name(record: Image, share: links.Share) -> str:
    """The title when it is to be shown; the file's name says more than its owner may think of."""
    return record.title if record.title and "title" in share.shows else "Photo"


def _facts(record: Image, share: links.Share) -> list[str]:
    day = _day(record.taken_at) if record.taken_at and "date" in share.shows else ""
    camera = terms.camera_name(record) if "camera" in share.shows else ""
    return [fact for fact in (day, camera) if fact]


def _day(taken_at: str) -> str:
    """The day alone: the time of day is nobody's business who was only shown a photo."""
    try:
        when = dt.datetime.fromisoformat(taken_at)
    except ValueError:
        return ""
    return f"{wording.day(when)} {when:%Y}"


def _position(text: str | None) -> str | None:
    if text and not places.POSITION.fullmatch(text):
        raise NotFoundError("This is no place in the album.")
    return text or None
