"""Strings that break things elsewhere, in every field, parameter and header that takes text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from media_pipeline.record.models import Image
from tests.api.problems import problem
from tests.support.hostile import HARMLESS, REFUSED, REFUSED_NAMES
from tests.support.people import Cast

IMAGES, UPLOADS = "/api/v1/images", "/api/v1/uploads"
PARAMETERS = [
    *("q", "tag", "label", "camera", "lens", "format", "colour", "orientation", "size", "near", "km", "has_faces"),
    *("taken_after", "taken_before", "uploaded_after", "uploaded_before", "status", "cursor", "page_size"),
]
OUT_OF_RANGE = [
    *(("page_size", value) for value in ("0", "-1", "201", "1e3", "99999999999999999999", "NaN", "")),
    *(("km", value) for value in ("0", "-1", "1e9", "NaN", "Infinity", "")),
    *(("near", value) for value in ("91,0", "0,181", "1", "1,2,3", "a,b", "NaN,NaN", "1e1,2")),
    *(("taken_after", value) for value in ("2026-13-01", "2026-02-30", "0000-00-00", "99999-01-01", "now")),
    *(("status", value) for value in ("", "READY", "-ready", "gone")),
    *(("has_faces", value) for value in ("2", "maybe", "-1")),
    *(("cursor", value) for value in ("", "x", "a" * 1001, "WyJvbGRlciIsMV0:1:1")),
    *(("colour", value) for value in ("mauve", "#fff")),
]


def said(client: Any, method: str, address: str, body: object) -> Any:
    """With lone surrogates as JSON writes them; the test client could not encode them itself."""
    return client.generic(method, address, json.dumps(body), "application/json")


def is_answered(answer: Any, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.content[:300]
    if answer.status_code >= 400:
        problem(answer, answer.status_code, answer.json()["code"])


def test_these_are_all_the_parameters_of_a_list() -> None:
    described = SchemaGenerator().get_schema(request=None, public=True)["paths"][IMAGES]["get"]["parameters"]
    assert {parameter["name"] for parameter in described} - set(PARAMETERS) <= {"album", "person", "unidentified"}


@pytest.mark.parametrize("name", [*PARAMETERS, "album", "person", "unidentified", "no such parameter", "q\x00"])
def test_no_text_in_a_parameter_breaks_a_list(clients: Cast, name: str) -> None:
    for text in (*HARMLESS, "x" * 10_000, "a\x00b"):
        is_answered(clients.owner.get(IMAGES, {name: text}), 200, 400, 404)
    for raw in ("%ED%A0%80", "%FF%FE", "%", "%zz"):
        is_answered(clients.owner.get(f"{IMAGES}?{quote(name)}={raw}"), 200, 400, 404)


@pytest.mark.parametrize(("name", "value"), OUT_OF_RANGE)
def test_a_parameter_out_of_range_is_named(clients: Cast, name: str, value: str) -> None:
    near = {"near": "47,8"} if name == "km" else {}
    body = problem(clients.owner.get(IMAGES, {**near, name: value}), 400, "invalid")
    assert [error["field"].partition(".")[0] for error in body["errors"]] == [name]


@pytest.mark.parametrize("value", ["0", "201", "-1", "x"])
@pytest.mark.parametrize("name", ["page_size", "by"])
def test_a_wrong_likeness_is_refused(clients: Cast, announce: Callable[..., Image], name: str, value: str) -> None:
    problem(clients.owner.get(f"{IMAGES}/{announce().image_id}/similar", {name: value}), 400, "invalid")


@pytest.mark.parametrize(("name", "value"), [("rendition", "../original"), ("rendition", ""), ("format", "gif")])
def test_a_wrong_download_is_refused(clients: Cast, announce: Callable[..., Image], name: str, value: str) -> None:
    problem(clients.owner.get(f"{IMAGES}/{announce().image_id}/download", {name: value}), 400, "invalid")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_people_write_comes_back_as_they_wrote_it(
    clients: Cast, announce: Callable[..., Image], text: str
) -> None:
    address = f"{IMAGES}/{announce().image_id}"
    answer = said(clients.owner, "PATCH", address, {"title": text, "caption": text, "tags": [text]})
    assert (answer.json()["title"], answer.json()["caption"], answer.json()["tags"]) == (text, text, [text])
    assert clients.owner.get(IMAGES, {"tag": text}).json()["results"][0]["title"] == text


@pytest.mark.parametrize("text", REFUSED, ids=REFUSED_NAMES)
def test_what_nobody_can_store_is_refused_by_name(clients: Cast, announce: Callable[..., Image], text: str) -> None:
    record = announce()
    for field, value in (("title", text), ("caption", text), ("tags", [text])):
        body = problem(said(clients.owner, "PATCH", f"{IMAGES}/{record.image_id}", {field: value}), 400, "invalid")
        assert body["errors"][0]["field"].partition(".")[0] == field
    announcement = {"filename": "a.jpg", "content_type": "image/jpeg", "bytes": 10}
    for field in ("filename", "title", "content_type", "sha256"):
        body = problem(said(clients.owner, "POST", UPLOADS, {**announcement, field: text}), 400, "invalid")
        assert body["errors"][0]["field"] == field


def bodies(image_id: str, text: str) -> Iterator[tuple[str, object]]:
    yield f"{IMAGES}/{image_id}/renditions", {"format": text}
    yield f"{IMAGES}/{image_id}/renditions", {"format": "webp", "width": 320, "watermark": text}
    yield f"{IMAGES}/{image_id}/report", {"reason": text}
    yield f"{IMAGES}/{image_id}/appeal", {"reason": text}
    yield f"{IMAGES}/{image_id}/retry", {text: text}
    yield "/api/v1/auth/token", {"username": text, "password": text}
    yield "/api/v1/auth/token/refresh", {"refresh": text}
    yield UPLOADS, {text: text}
    yield UPLOADS, [text]
    yield UPLOADS, text


@pytest.mark.parametrize("text", [*HARMLESS, *REFUSED])
def test_no_text_in_a_body_breaks_a_call(clients: Cast, announce: Callable[..., Image], text: str) -> None:
    for address, body in bodies(announce().image_id, text):
        is_answered(said(clients.owner, "POST", address, body), 202, 400, 401, 404, 409)


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match", "Idempotency-Key", "X-API-Key", "Authorization"])
@pytest.mark.parametrize(
    "text", ["'; --", "<b>", "x" * 8_000, '"', "\xff\xfe", '"' + "9" * 500 + '"', "Bearer \xff", ","]
)
def test_no_header_breaks_a_call(clients: Cast, announce: Callable[..., Image], header: str, text: str) -> None:
    address = f"{IMAGES}/{announce().image_id}"
    is_answered(clients.owner.get(address, headers={header: text}), 200, 304, 400, 401)
    is_answered(clients.owner.patch(address, {"title": "a"}, headers={header: text}), 200, 400, 401, 412)
    announcement = {"filename": "a.jpg", "content_type": "image/jpeg", "bytes": 10}
    is_answered(clients.owner.post(UPLOADS, announcement, headers={header: text}), 201, 400, 401, 422)


def test_a_cursor_is_for_its_reader_and_its_list_only(clients: Cast, announce: Callable[..., Image]) -> None:
    for _ in range(3):
        announce(tags=["sea"])
    follow = clients.owner.get(IMAGES, {"page_size": 1}).json()["next"]
    cursor = follow.partition("cursor=")[2].partition("&")[0]
    assert clients.owner.get(follow).status_code == 200
    for client, address in (
        (clients.stranger, follow),
        (clients.moderator, follow),
        (clients.owner, f"{follow}&tag=sea"),
        (clients.owner, f"/api/v1/albums?cursor={cursor}"),
        (clients.owner, follow.replace(cursor, cursor[:-1] + ("A" if cursor[-1] != "A" else "B"))),
    ):
        body = problem(client.get(address), 400, "invalid")
        assert body["errors"][0]["field"] == "cursor"
    problem(APIClient().get(follow), 401, "not_authenticated")
