"""Every page and call that can hand out an address of an image, for every status and every kind of reader: what comes
out is never more than the table of storage.sign allows (tests/storage/test_storage.py holds that table itself).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from media_pipeline.access.readers import ANONYMOUS, Reader, reader_of_account
from media_pipeline.albums import albums, links
from media_pipeline.images import use_cases
from media_pipeline.intake import uploading
from media_pipeline.intake.uploading import Announcement
from media_pipeline.record.models import BLURRED, Image, ReviewState
from media_pipeline.review import acts
from media_pipeline.review.acts import Flag, FlagKind
from media_pipeline.review.verdicts import Outcome, Verdict
from media_pipeline.storage import signing
from media_pipeline.storage.signing import Purpose
from tests.support.aws import as_role
from tests.support.image_addresses import ACCOUNTS, NAMES, RENDITIONS, SHOWS_NOTHING, WALKED, addresses, fetch, roads
from tests.support.uploads import reread

EXPLICIT = [["Explicit", "", 1, 97.0]]


def flagged(record: Image) -> Image:
    return acts.flag(record, [Flag(FlagKind.LABEL, "Explicit", 97.0)])


def deleted(record: Image) -> None:
    use_cases.delete(Reader(record.owner), record.image_id)


STATUSES: dict[str, Callable[[Image], object]] = {
    "uploading": lambda record: record.change([Image.version_id.remove()], Image.image_id.exists()),
    "processing": lambda record: record.change([Image.unfinished.set("3")], Image.image_id.exists()),
    "ready": lambda record: record,
    "in_review": flagged,
    "allowed": lambda record: acts.decide(flagged(record), Verdict(Outcome.ALLOW), by="mod"),
    "restricted": lambda record: acts.decide(flagged(record), Verdict(Outcome.RESTRICT), by="mod"),
    "rejected": lambda record: acts.decide(flagged(record), Verdict(Outcome.REMOVE), by="mod"),
    "child_safety": lambda record: acts.hold(flagged(record), because="seen", by="mod"),
    "failed": lambda record: record.change(
        [Image.failure.set("why"), Image.unfinished.set("failed")], Image.image_id.exists()
    ),
    "deleted": deleted,
    "rejected, then deleted": lambda record: deleted(acts.decide(flagged(record), Verdict(Outcome.REMOVE), by="mod")),
}


@dataclass(frozen=True)
class Person:
    reader: Reader
    client: Client
    is_staff: bool = False


@pytest.fixture
def people(aws: object, db: None) -> dict[str, Person]:
    from moderation.models import User
    from moderation.roles import create_groups
    from moderation.services.cases import policies
    from tests.support.moderators import People

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
    from media_pipeline.faces import consents
    from moderation.services.cases import projection

    owner = people["owner"].reader.id
    consents.give(owner, by=owner)

    def made(status: str) -> Image:
        announced = Announcement("photo.jpg", "image/jpeg", 1000, tags=["walk"])
        record, _ = uploading.start_upload(people["owner"].reader, announced)
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
        album = albums.create(people["owner"].reader, "Walk")
        albums.add(people["owner"].reader, album.album_id, [record.image_id])
        know_faces(reread(record))
        STATUSES[status](reread(record))
        record = reread(record)
        projection.project(record)
        return record

    return made


def know_faces(record: Image) -> None:
    """Of the four on it, one may be somebody known by another, and two are a group; their library agreed to that."""
    from media_pipeline.faces import consents
    from moderation.models import Face, Person, Suggestion
    from moderation.services.people import projection as face_projection

    consents.give(record.library, by=record.owner)
    face_projection.project(record)
    suspected, known, *group = Face.objects.filter(image_id=record.image_id).order_by("pk")
    walker = Person.objects.create(library=record.library, name="Walker", folded_name="walker", feature=known)
    Face.objects.filter(pk=known.pk).update(state="named", person=walker)
    Suggestion.objects.create(face=suspected, person=walker, similarity=91)
    Face.objects.filter(pk=suspected.pk).update(state="suggested", doubt=1)
    Face.objects.filter(pk__in=[face.pk for face in group]).update(cluster=group[0].pk)


def allowed(record: Image, reader: Reader) -> dict[str, int]:
    """What the table of storage.sign gives this reader now."""
    return {
        name: int(parse_qs(urlsplit(url).query)["X-Amz-Expires"][0])
        for name in NAMES
        if (url := signing.sign(record, reader, Purpose.VIEW, name))
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
def test_a_guest_gets_what_is_ready_and_nothing_else(
    status: str, make: Callable[[str], Image], people: dict[str, Person]
) -> None:
    record = make(status)
    [album] = record.rank_by_album
    terms = links.Terms(may_download=True)
    shares = [
        links._create(links.Share(owner=record.owner, image_id=record.image_id), terms, call=""),
        links.share_album(people["owner"].reader, album, terms),
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


def test_a_rejection_ends_signing_and_an_overturn_restores_it(make: Callable[[str], Image]) -> None:
    record = make("allowed")
    owner = Reader(record.owner)
    assert allowed(record, owner)
    reopened = acts.reopen(record, reason="again", by="mod")
    rejected = acts.decide(reopened, Verdict(Outcome.REMOVE), by="mod")
    assert allowed(rejected, owner) == {}
    overturned = acts.answer_appeal(
        acts.appeal(rejected, "but why", by=record.owner), overturn=True, reason="true", by="other"
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
