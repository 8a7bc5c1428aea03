"""Where an owner makes, sees and revokes the links to photos and albums."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from media_pipeline.access.readers import Reader
from media_pipeline.albums import albums
from media_pipeline.albums import links as sharing
from media_pipeline.albums.places import Album
from media_pipeline.errors import InvalidRequestError
from media_pipeline.images import use_cases
from media_pipeline.library import wording
from media_pipeline.library.access import LibraryRequest, signed_in
from media_pipeline.library.tiles import title_of
from media_pipeline.record.models import Image, Status

SHOWN_WORDS = {"title": "Title", "date": "Day it was taken", "camera": "Camera"}


@dataclass(frozen=True, slots=True)
class Link:
    share_id: str
    name: str  # of what it opens
    address: str
    until: str
    shows: str


@require_safe
@signed_in
def links(request: LibraryRequest, reader: Reader) -> HttpResponse:
    """All links that open something."""
    return render(request, "library/links.html", {"links": _links(sharing.listed(reader))})


@require_http_methods(["GET", "POST"])
@signed_in
def of_photo(request: LibraryRequest, reader: Reader, image_id: str) -> HttpResponse:
    record = use_cases.get(reader, image_id)
    made = sharing.share_image(reader, image_id, _terms(request)) if request.method == "POST" else None
    context = {
        "name": title_of(record),
        "back": reverse("photo", args=[image_id]),
        "is_shareable": record.status is Status.READY and reader.owns(record.owner),
    }
    return _page(request, reader, image_id, made, context)


@require_http_methods(["GET", "POST"])
@signed_in
def of_album(request: LibraryRequest, reader: Reader, album_id: str) -> HttpResponse:
    album = albums.get(reader, album_id)
    made = sharing.share_album(reader, album_id, _terms(request)) if request.method == "POST" else None
    context = {"name": album.name, "back": reverse("album", args=[album_id]), "is_shareable": True, "is_album": True}
    return _page(request, reader, album_id, made, context)


@require_POST
@signed_in
def revoke(request: LibraryRequest, reader: Reader) -> HttpResponse:
    sharing.revoke(reader, request.POST.get("link", ""))
    messages.success(request, "The link is revoked. It leads nowhere now.")
    back = request.POST.get("back", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "links")


def _page(
    request: LibraryRequest,
    reader: Reader,
    target: str,
    made: tuple[sharing.Share, str] | None,
    context: dict[str, object],
) -> HttpResponse:
    """The links to one photo or album; the address of a new one is here once, and never again."""
    found = sharing.listed(reader, target)
    context |= {
        "target": target,
        "links": _links(found),
        "days": sharing.DAYS,
        "usual_days": sharing.DEFAULT_DAYS,
        "shown": [(name, word, name in sharing.DEFAULT_SHOWN) for name, word in SHOWN_WORDS.items()],
        "made": request.build_absolute_uri(reverse("shared", args=[made[1]])) if made else "",
        "made_until": _until(made[0]) if made else "",
    }
    return render(request, "library/share.html", context)


def _terms(request: LibraryRequest) -> sharing.Terms:
    days = request.POST.get("days", str(sharing.DEFAULT_DAYS))
    if not (days.isascii() and days.isdigit() and len(days) < 4):
        raise InvalidRequestError("Choose how long the link lives.", field="days")
    return sharing.Terms(
        days=int(days), shown=tuple(request.POST.getlist("shown")), may_download="may_download" in request.POST
    )


def _links(shares: list[sharing.Share]) -> list[Link]:
    """Those whose photo or album is still there."""
    records = Image.load_many(list({share.image_id for share in shares if share.image_id}))
    names = {record.image_id: title_of(record) for record in records}
    addresses = {record.image_id: reverse("photo_links", args=[record.image_id]) for record in records}
    for album in Album.load_many(list({share.album_id for share in shares if share.album_id})):
        names[album.album_id], addresses[album.album_id] = album.name, reverse("album_links", args=[album.album_id])
    return [
        Link(share.share_id, names[share.target], addresses[share.target], _until(share), _shows(share))
        for share in shares
        if share.target in names
    ]


def _until(share: sharing.Share) -> str:
    return wording.day(dt.datetime.fromtimestamp(share.expires_at, dt.UTC))


def _shows(share: sharing.Share) -> str:
    words = [word.lower() for name, word in SHOWN_WORDS.items() if name in share.shows]
    return ", ".join([*(words or ["the picture alone"]), *(["download"] if share.may_download else [])])
