"""Every page and call that can hand out an address of an image, for every status and every kind of reader: what comes
out is never more than the table of storage.sign allows (tests/test_storage.py holds that table itself).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from media_pipeline import reviews, services, storage
from media_pipeline.models import BLURRED, Image, ReviewState
from media_pipeline.readers import ANONYMOUS, Reader, reader_of_account
from media_pipeline.reviews import Flag, FlagKind
from media_pipeline.services import sharing
from media_pipeline.storage import Purpose
from media_pipeline.verdicts import Outcome, Verdict
from tests.conftest import as_role
from tests.uploads import reread

RENDITIONS = {
    "small": ["jpeg", 150, 112, 4_000],
    "medium": ["jpeg", 300, 225, 9_000],
    "large": ["jpeg", 600, 450, 40_000],
    "jpeg": ["jpeg", 800, 600, 70_000],
    "webp": ["webp", 800, 600, 50_000],
    "w480": ["webp", 480, 360, 20_000],
}
NAMES = (*RENDITIONS, "original", BLURRED)
EXPLICIT = [["Explicit", "", 1, 97.0]]


def flagged(record: Image) -> Image:
    return reviews.flag(record, [Flag(FlagKind.LABEL, "Explicit", 97.0)])


def deleted(record: Image) -> None:
    services.delete(Reader(record.owner), record.image_id)


STATUSES: dict[str, Callable[[Image], object]] = {
    "uploading": lambda record: record.change([Image.version_id.remove()], Image.image_id.exists()),
    "processing": lambda record: record.change([Image.unfinished.set("3")], Image.image_id.exists()),
    "ready": lambda record: record,
    "in_review": flagged,
    "allowed": lambda record: reviews.decide(flagged(record), Verdict(Outcome.ALLOW), by="mod"),
    "restricted": lambda record: reviews.decide(flagged(record), Verdict(Outcome.RESTRICT), by="mod"),
    "rejected": lambda record: reviews.decide(flagged(record), Verdict(Outcome.REMOVE), by="mod"),
    "child_safety": lambda record: reviews.hold(flagged(record), because="seen", by="mod"),
    "failed": lambda record: record.change(
        [Image.failure.set("why"), Image.unfinished.set("failed")], Image.image_id.exists()
    ),
    "deleted": deleted,
    "rejected, then deleted": lambda record: deleted(
        reviews.decide(flagged(record), Verdict(Outcome.REMOVE), by="mod")
    ),
}


@dataclass(frozen=True)
class Person:
    reader: Reader
    client: Client
    is_staff: bool = False


@pytest.fixture
def people(aws: object, db: None, settings: Any) -> dict[str, Person]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from moderation.models import User
    from moderation.roles import create_groups
    from moderation.services import policies
    from tests.moderation.world import People

    create_groups()
    policies.create_defaults()
    world = People()
    accounts = {
        "owner": User.objects.create_user("quentin", "quentin@example.com", "darkroom"),
        "stranger": User.objects.create_user("sam", "sam@example.com", "darkroom"),
        "superuser": User.objects.create_superuser("root", "root@example.com", "darkroom"),
        **{role: world.user(role) for role in ("moderator", "auditor", "face reviewer")},
    }
    found = {"anonymous": Person(ANONYMOUS, Client())}
    for name, account in accounts.items():
        client = Client(raise_request_exception=False)
        client.force_login(account)
        found[name] = Person(reader_of_account(account), client, account.is_staff)
    return found


@pytest.fixture
def make(people: dict[str, Person]) -> Callable[[str], Image]:
    """The owner's image in that status, with its case where there is one, in a library that agreed to face vectors."""
    from media_pipeline import consents
    from moderation.services import projection

    owner = people["owner"].reader.id
    consents.give(owner, by=owner)

    def made(status: str) -> Image:
        announced = services.Announcement("photo.jpg", "image/jpeg", 1000, tags=["walk"])
        record, _ = services.start_upload(people["owner"].reader, announced)
        facts = {
            "version_id": "1",
            "width": 800,
            "height": 600,
            "format": "jpeg",
            "renditions": RENDITIONS,
            "moderation": {"labels": EXPLICIT, "thresholds": {"Explicit": 80.0}, "model": "7.0", "policy": 0},
            "faces": [[f"{record.image_id}-{n}", 0.2 * n, 0.2, 0.1, 0.1, 99.0, f"vector-{n}"] for n in range(1, 5)],
            "face_collection": "walked",
        }
        actions = [getattr(Image, name).set(value) for name, value in facts.items()]
        assert record.change([*actions, Image.unfinished.remove()], Image.image_id.exists())
        album = services.albums.create(people["owner"].reader, "Walk")
        services.albums.add(people["owner"].reader, album.album_id, [record.image_id])
        know_faces(reread(record))
        STATUSES[status](reread(record))
        record = reread(record)
        projection.project(record)
        return record

    return made


def know_faces(record: Image) -> None:
    """Of the four on it, one may be somebody known by another, and two are a group; their library agreed to that."""
    from media_pipeline import consents
    from moderation.models import Face, Person, Suggestion
    from moderation.services import telling

    consents.give(record.library, by=record.owner)
    telling.project(record)
    suspected, known, *group = Face.objects.filter(image_id=record.image_id).order_by("pk")
    walker = Person.objects.create(library=record.library, name="Walker", folded_name="walker", feature=known)
    Face.objects.filter(pk=known.pk).update(state="named", person=walker)
    Suggestion.objects.create(face=suspected, person=walker, similarity=91)
    Face.objects.filter(pk=suspected.pk).update(state="suggested", doubt=1)
    Face.objects.filter(pk__in=[face.pk for face in group]).update(cluster=group[0].pk)


# Every road


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


def allowed(record: Image, reader: Reader) -> dict[str, int]:
    """What the table of storage.sign gives this reader now."""
    return {
        name: int(parse_qs(urlsplit(url).query)["X-Amz-Expires"][0])
        for name in NAMES
        if (url := storage.sign(record, reader, Purpose.VIEW, name))
    }


@pytest.mark.parametrize("status", STATUSES)
def test_no_road_leads_to_more_than_the_table_allows(
    status: str, make: Callable[[str], Image], people: dict[str, Person]
) -> None:
    record = make(status)
    with as_role("web"):
        for name, person in people.items():
            table = allowed(record, person.reader)
            for method, path, sent in roads(record, is_staff=person.is_staff):
                for rendition, seconds in addresses(fetch(person.client, method, path, sent), record.image_id):
                    assert seconds <= table.get(rendition, 0), (name, method, path, rendition)


def test_the_walk_finds_what_there_is_to_find(make: Callable[[str], Image], people: dict[str, Person]) -> None:
    """Or the test above could not fail."""

    def seen(record: Image, who: str) -> set[str]:
        answers = (fetch(people[who].client, *road) for road in roads(record, is_staff=people[who].is_staff))
        return {name for answer in answers for name, _ in addresses(answer, record.image_id)}

    ready, waiting = make("ready"), make("in_review")
    with as_role("web"):
        assert seen(ready, "owner") >= {*RENDITIONS, "original"}
        assert seen(waiting, "owner") <= {"small", "medium", "large"} != set()
        assert seen(waiting, "moderator") >= {BLURRED, "large"}
        assert seen(ready, "face reviewer") == {"large"}
        assert seen(waiting, "face reviewer") == set()
        assert seen(ready, "stranger") == seen(ready, "anonymous") == set()


@pytest.mark.parametrize("status", STATUSES)
def test_a_guest_gets_what_is_ready_for_everybody_and_nothing_of_anything_else(
    status: str, make: Callable[[str], Image], people: dict[str, Person]
) -> None:
    record = make(status)
    [album] = record.rank_by_album
    terms = sharing.Terms(may_download=True)
    shares = [
        sharing._create(sharing.Share(owner=record.owner, image_id=record.image_id), terms),
        sharing.share_album(people["owner"].reader, album, terms),
    ]
    with as_role("web"):
        for share, token in shares:
            table, found = allowed(record, share.guest), set()
            for path in ("", f"/{record.image_id}", f"/{record.image_id}/download"):
                for rendition, seconds in addresses(fetch(Client(), "GET", f"/s/{token}{path}", {}), record.image_id):
                    assert seconds <= table.get(rendition, 0), (path, rendition)
                    found.add(rendition)
            assert (found >= {"jpeg", "webp"}) == (status in {"ready", "allowed"})
            assert table.keys() <= {"small", "medium", "large", "jpeg", "webp"}
            assert bool(table) == (status in {"ready", "allowed"})


def test_a_rejection_ends_signing_at_once_and_an_overturn_brings_it_back(make: Callable[[str], Image]) -> None:
    record = make("allowed")
    owner = Reader(record.owner)
    assert allowed(record, owner)
    reopened = reviews.reopen(record, reason="again", by="mod")
    rejected = reviews.decide(reopened, Verdict(Outcome.REMOVE), by="mod")
    assert allowed(rejected, owner) == {}
    overturned = reviews.answer_appeal(
        reviews.appeal(rejected, "but why", by=record.owner), overturn=True, reason="true", by="other"
    )
    assert allowed(overturned, owner) == allowed(record, owner)
    assert overturned.review == ReviewState.ALLOWED


def test_every_route_is_walked_or_known_to_show_nothing() -> None:
    def names(patterns: Any, space: str = "") -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield f"{space}{pattern.name}"

    # Django's own: the walk takes every registered model's list and form.
    of_models = tuple(f"admin:{model._meta.app_label}_{model._meta.model_name}_" for model in admin.site._registry)
    found = {name for name in names(get_resolver().url_patterns) if not name.startswith(of_models)}
    assert found >= WALKED
    assert {name for name in found - WALKED - SHOWS_NOTHING if not ACCOUNTS.fullmatch(name)} == set()
