"""Every endpoint, met by everybody: what is not yours does not exist, and hostile ids are just unknown ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern
from drf_spectacular.generators import SchemaGenerator

from media_pipeline.access.api_keys import Scope
from media_pipeline.api.openapi import docs
from media_pipeline.api.openapi.examples import METHODS
from media_pipeline.api.urls import v1
from media_pipeline.record.models import Image, new_image_id
from tests.api import keys
from tests.api.problems import problem
from tests.support.people import Cast
from tests.support.uploads import reread

ANNOUNCEMENT = {"filename": "a.jpg", "content_type": "image/jpeg", "bytes": 10}
OF_ONE_IMAGE = [
    ("get", "image", None),
    ("patch", "image", {"title": "Mine"}),
    ("delete", "image", None),
    ("post", "restore", None),
    ("post", "retry", None),
    ("post", "renditions", {"format": "webp", "width": 320}),
    ("get", "download", None),
    ("get", "similar", None),
]
OF_THE_READER = [
    ("post", "uploads", ANNOUNCEMENT),
    ("get", "images", None),
    ("post", "images", None),
    ("get", "facets", None),
]
# In tests/api/test_albums.py and test_shares.py.
OF_ALBUMS = {"albums", "album", "album-images", "album-image", "shares", "share"}
OPEN = {"token", "token-refresh", "schema", "docs"}
HOSTILE = [
    "1",
    "%00",
    "a" * 10_000,
    "01ARZ3NDEKTSV4RRFFQ69G5FA%00",
    "01arz3ndektsv4rrffq69g5fav",
    "٠" * 26,
    "🌄",
    "' OR 1=1",
    "<script>",
    "..",
    "%2e%2e%2fadmin",
    "ZZZZZZZZZZZZZZZZZZZZZZZZZZ",
]


def path(name: str, image_id: str) -> str:
    suffix = {"image": "", "images": ""}.get(name, f"/{name}")
    return f"/api/v1/images/{image_id}{suffix}"


def call(client: Any, method: str, address: str, body: object) -> Any:
    return getattr(client, method)(address, body) if body else getattr(client, method)(address)


def test_these_are_all_the_endpoints_there_are() -> None:
    tested = {name for _, name, _ in [*OF_ONE_IMAGE, *OF_THE_READER]}
    described = {pattern.name for pattern in docs.urlpatterns}
    assert {pattern.name for pattern in v1 if isinstance(pattern, URLPattern)} | described == tested | OPEN | OF_ALBUMS


@pytest.mark.parametrize(("method", "name", "body"), OF_ONE_IMAGE)
def test_the_image_of_somebody_else_does_not_exist(
    clients: Cast, photo: Image, method: str, name: str, body: object
) -> None:
    of_other = problem(call(clients.stranger, method, path(name, photo.image_id), body), 404, "not_found")
    never = problem(call(clients.stranger, method, path(name, new_image_id()), body), 404, "not_found")
    assert {**of_other, "instance": ""} == {**never, "instance": ""}
    assert reread(photo).revision == photo.revision


@pytest.mark.parametrize(("method", "name", "body"), OF_ONE_IMAGE)
def test_a_moderator_reads_but_does_not_change(
    clients: Cast, photo: Image, method: str, name: str, body: object
) -> None:
    answer = call(clients.moderator, method, path(name, photo.image_id), body)
    assert answer.status_code == {"get": {"image": 200, "download": 302, "similar": 200}}.get(method, {}).get(name, 404)
    assert reread(photo).revision == photo.revision


@pytest.mark.parametrize(("method", "name", "body"), OF_ONE_IMAGE)
def test_the_anonymous_are_asked_who_they_are(
    clients: Cast, photo: Image, method: str, name: str, body: object
) -> None:
    answer = call(clients.anonymous, method, path(name, photo.image_id), body)
    problem(answer, 401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "name", "body"), OF_THE_READER)
def test_the_anonymous_neither_send_nor_list(clients: Cast, method: str, name: str, body: object) -> None:
    problem(call(clients.anonymous, method, f"/api/v1/{name}", body), 401, "not_authenticated")


def described() -> Iterator[tuple[str, str]]:
    """Every call of the description but signing in, those of other rooms too, with an address."""
    for template, methods in SchemaGenerator().get_schema(request=None, public=True)["paths"].items():
        address = re.sub(r"\{\w+\}", new_image_id(), template)
        yield from ((method, address) for method in METHODS if method in methods and "/auth/" not in template)


@pytest.mark.parametrize("who", ["stranger", "moderator"])
def test_the_key_of_somebody_else_finds_nothing(
    clients: Cast, cast: Cast, announce: Callable[..., Image], who: str
) -> None:
    record, service = announce(), keys.service(getattr(cast, who).pk)
    for method, name, body in OF_ONE_IMAGE:
        problem(call(service, method, path(name, record.image_id), body), 404, "not_found")
    assert reread(record).revision == record.revision


def test_a_key_does_what_its_scopes_say_and_no_more(clients: Cast, cast: Cast) -> None:
    others = {scope: keys.service(cast.owner.pk, set(Scope) - {scope}) for scope in Scope}
    for method, address in described():
        service = others[Scope.READ if method == "get" or address.endswith("/search/face") else Scope.WRITE]
        problem(call(service, method, address, None), 403, "insufficient_scope")


@pytest.mark.parametrize("ended", [keys.expired, keys.revoked])
def test_a_key_that_ended_opens_nothing(clients: Cast, cast: Cast, ended: Callable[[str], Any]) -> None:
    service = ended(cast.owner.pk)
    for method, address in described():
        problem(call(service, method, address, None), 401, "authentication_failed")


def test_without_a_word_who_one_is_nothing_opens(clients: Cast) -> None:
    for method, address in described():
        problem(call(clients.anonymous, method, address, None), 401, "not_authenticated")


@pytest.mark.parametrize("image_id", HOSTILE)
@pytest.mark.parametrize(("method", "name", "body"), OF_ONE_IMAGE)
def test_a_hostile_id_is_an_unknown_one(clients: Cast, method: str, name: str, body: object, image_id: str) -> None:
    problem(call(clients.owner, method, path(name, image_id), body), 404, "not_found")
