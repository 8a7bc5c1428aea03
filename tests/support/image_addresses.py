"""Every page and call that may answer with an address of an image, and what of an image is in an answer."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.contrib import admin
from django.test import Client

from media_pipeline.record.models import BLURRED, Image

admin.autodiscover()  # the models of the console, which the first page would register

RENDITIONS = {
    "small": ["jpeg", 150, 112, 4_000],
    "medium": ["jpeg", 300, 225, 9_000],
    "large": ["jpeg", 600, 450, 40_000],
    "jpeg": ["jpeg", 800, 600, 70_000],
    "webp": ["webp", 800, 600, 50_000],
    "w480": ["webp", 480, 360, 20_000],
}
NAMES = (*RENDITIONS, "original", BLURRED)


def roads(record: Image, *, is_staff: bool) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, what is sent) of all that may answer with an address; the admin's pages are for staff."""
    image = record.image_id
    api = f"/api/v1/images/{image}"
    yield from (("GET", path, {}) for path in ("/api/v1/images", api, f"{api}/similar", f"{api}/statements"))
    yield from (("GET", f"/api/v1/images?{query}", {}) for query in (f"status={record.status}", "tag=walk"))
    yield "PATCH", api, {"title": "walked"}
    yield "POST", f"{api}/renditions", {"format": "webp", "width": 480}
    for name in (*NAMES, "web"):
        yield "GET", f"{api}/download?rendition={name}", {}
        yield "GET", f"/photos/{image}/download?rendition={name}", {}
    for size in ("original", "web"):
        yield "GET", f"/photos/addresses?photo={image}&size={size}", {}
    [album] = record.rank_by_album
    for path in ("", "/images"):
        yield "GET", f"/api/v1/albums/{album}{path}", {}
    library = ("/", "/trash", "/?tag=walk", f"/tiles?ids={image}", f"/photos/{image}", f"/photos/{image}/links")
    yield from (("GET", path, {}) for path in ("/albums/", f"/albums/{album}/", f"/albums/{album}/links", "/links"))
    yield from (("GET", path, {}) for path in library)
    for change in ("title", "tags"):
        yield "FORM", f"/photos/{image}/{change}", {"title": "walked", "tags": "walk"}
    yield from (("GET", path, {}) for path in ("/people/", f"/people/of/{image}", *people_pages(record)))
    yield "POST", "/admin/review/calls/more", {"view": "", "first": image, "have": []}
    yield "POST", "/admin/review/calls/reveal", {"case": image}
    yield "POST", "/admin/faces/calls/more", {"view": record.library, "have": [], "want": 6}
    yield "POST", "/admin/faces/calls/names", {"library": record.library, "typed": "wal"}
    for page in face_pages(record) if is_staff else ():
        yield "GET", f"/admin/faces{page}", {}
    for page in ("", "review", f"review/{image}", "dashboard", "thresholds", "operations") if is_staff else ():
        yield "GET", f"/admin/{page}", {}
    for model in admin.site._registry if is_staff else ():
        listed = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        yield "GET", listed, {}
        yield "GET", f"{listed}{image}/change/", {}


def face_pages(record: Image) -> Iterator[str]:
    from moderation.models import Face, Person

    yield from ("", f"/groups?library={record.library}", f"/people?library={record.library}")
    yield from (f"/groups/{face.cluster}" for face in Face.objects.filter(image_id=record.image_id).exclude(cluster=""))
    yield from (f"/people/{person.pk}" for person in Person.objects.filter(library=record.library))


def people_pages(record: Image) -> Iterator[str]:
    from moderation.models import Face, Person

    grouped = Face.objects.filter(image_id=record.image_id).exclude(cluster="")
    yield from (f"/people/groups/{face.cluster}" for face in grouped)
    yield from (f"/people/{person.pk}" for person in Person.objects.filter(library=record.library))


SHOWS_NOTHING = {  # routes that answer without an image, or end in a redirect to one that is walked
    "photos_album", "album_names", "album_name", "album_delete", "album_cover", "album_remove", "album_move",
    "links_revoke", "api:albums", "api:album-image", "trash_empty", "trash_restore", "photos_purge",
    "api:shares", "api:share",
    "api:uploads", "api:restore", "api:retry", "api:facets", "api:token", "api:token-refresh", "api:schema", "api:docs",
    "api:healthz", "report", "appeal", "photo_trash", "photo_restore", "photo_retry", "photos_trash", "photos_restore",
    "photo_face", "person_wrong", "person_rename", "person_merge", "person_hide", "person_forget", "library_find",
    "library_settings", "library_consent",
    "photos_tags", "months", "admin:review_decide", "admin:review_undo", "admin:review_keep", "admin:review_release",
    "admin:api_keys", "admin:console_settings", "admin:faces_decide", "admin:faces_undo", "admin:faces_undo_act",
    "admin:faces_boxes", "admin:faces_change", "admin:privacy", "image-faces", "unidentified-faces", "face",
    "assign-face", "reject-face", "people", "person", "merge-person", "person-faces", "search-face", "consent",
}  # fmt: skip
ACCOUNTS = re.compile(
    r"(admin:)?(index|auth_user_password_change|log(in|out)|sign(in|out|up.*)|password_.*|invitation.*|autocomplete|jsi18n|view_on_site|app_list)"
)
WALKED = {
    "library_people", "library_person", "people_group", "photo_people",
    "albums", "album", "album_links", "links", "photo_links", "shared", "shared_photo", "shared_download", "api:album",
    "api:album-images", "photos_addresses",
    "library", "trash", "tiles", "photo", "photo_download", "photo_title", "photo_tags", "api:images", "api:image",
    "api:renditions", "api:similar", "api:download", "statements", "admin:review", "admin:review_case",
    "admin:review_more", "admin:review_reveal", "admin:dashboard", "admin:thresholds", "admin:operations",
    "admin:faces", "admin:faces_more", "admin:faces_names", "admin:face_groups", "admin:face_group", "admin:people",
    "admin:person",
}  # fmt: skip


def fetch(client: Client, method: str, path: str, sent: dict[str, Any]) -> str:
    """Everything that comes back: the body and where it leads."""
    if method == "FORM":
        answer = client.post(path, sent, headers={"HX-Request": "true"})
    else:
        arguments = {"data": json.dumps(sent), "content_type": "application/json"} if sent else {}
        answer = client.generic(method, path, **arguments)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return f"{answer.headers.get('Location', '')}\n{body.decode(errors='replace')}"


def addresses(answer: str, image_id: str) -> Iterator[tuple[str, int]]:
    """(rendition, seconds of life) of every address of the image's objects; an unsigned one lives for ever."""
    plain = html.unescape(answer).replace("\\u0026", "&").replace("\\/", "/")
    for url in re.findall(rf"https?://[^\s\"'<>\\,]*{image_id}[^\s\"'<>\\,]*", plain):
        parts = urlsplit(url)
        key = unquote(parts.path)
        name = next((name for pattern, name in KEYS if re.search(pattern, key)), None)
        if name is not None:
            name = name or re.search(r"/renditions/\w+/(\w+)\.", key)[1]  # type: ignore[index]
            yield name, int(parse_qs(parts.query).get("X-Amz-Expires", ["999999999"])[0])


KEYS = (
    (r"/thumbnails/small/", "small"),
    (r"/thumbnails/medium/", "medium"),
    (r"/thumbnails/large/", "large"),
    (r"/optimized/jpeg/", "jpeg"),
    (r"/optimized/webp/", "webp"),
    (r"/original/", "original"),
    (r"/renditions/\w+/\w+\.", ""),
)
