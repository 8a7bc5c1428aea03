"""Searching through the API: every parameter out of range or hostile, and what the right ones answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import signing

from media_pipeline.record.models import Image, new_image_id
from media_pipeline.search import terms
from tests.api.problems import problem
from tests.search.stored_images import stored
from tests.support.hooks import counted_calls
from tests.support.people import Cast

IMAGES, FACETS = "/api/v1/images", "/api/v1/facets"
HOSTILE = {
    "sql": "'; DROP TABLE images; --",
    "html": "<script>alert(1)</script>",
    "emoji": "🏄‍♀️🌊",
    "arabic": "\u202eمرحبا",
    "pipe": "x|all",
    "expression": ":term = image_id OR begins_with(term, :x)",
    "path": "../../../etc/passwd",
    "percent": "%00%0a%s{0}",
}
WORDS = ("q", "tag", "label", "camera", "lens")


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [image["image_id"] for image in answer.json()["results"]]


def address(**parameters: Any) -> str:
    return f"{IMAGES}?{urlencode(parameters, doseq=True)}"


@pytest.fixture
def mine(aws: object, cast: Cast) -> Callable[..., Image]:
    def make(**attributes: Any) -> Image:
        return stored(cast.owner.pk, **attributes)

    return make


# What must not happen


@pytest.mark.parametrize("parameter", WORDS)
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_finds_nothing_and_is_never_executed(clients: Cast, parameter: str, value: str) -> None:
    assert ids(clients.owner.get(address(**{parameter: value}))) == []


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_that_is_a_tag_is_found_by_it(clients: Cast, mine: Callable[..., Image], value: str) -> None:
    record = mine(tags=[value])
    assert ids(clients.owner.get(address(tag=value))) == [record.image_id]


@pytest.mark.parametrize("parameter", WORDS)
@pytest.mark.parametrize("value", ["x" * 10_000, "a\0b", "\0"], ids=["long", "null", "only-null"])
def test_text_that_is_too_long_or_has_null_bytes_is_refused(clients: Cast, parameter: str, value: str) -> None:
    body = problem(clients.owner.get(address(**{parameter: value})), 400, "invalid")
    assert body["errors"][0]["field"].startswith(parameter)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("format", "svg"),
        ("format", "JPEG"),
        ("format", "--jpeg"),
        ("colour", "mauve"),
        ("orientation", "upright"),
        ("size", "xl"),
        ("has_faces", "perhaps"),
        ("taken_after", "yesterday"),
        ("taken_after", "2026-02-30"),
        ("taken_before", "10000-01-01"),
        ("taken_before", "0000-01-01"),
        ("uploaded_after", "2026-13-01"),
        ("uploaded_before", "-1"),
        ("uploaded_before", "2026-01-01T00:00:00Z'"),
        ("near", "here"),
        ("near", "nan,nan"),
        ("near", "NaN,8"),
        ("near", "inf,0"),
        ("near", "91,0"),
        ("near", "0,181"),
        ("near", "1e1,8"),
        ("near", "47"),
        ("near", "47,8,9"),
        ("near", "\u0664\u0667,\u0668"),
        ("status", "lost"),
    ],
)
def test_a_value_out_of_range_is_refused(clients: Cast, parameter: str, value: str) -> None:
    body = problem(clients.owner.get(address(**{parameter: value})), 400, "invalid")
    assert body["errors"][0]["field"].startswith(parameter)


@pytest.mark.parametrize("km", ["0", "-1", "501", "nan", "inf", "-inf", "1e400", "far"])
def test_a_distance_out_of_range_is_refused(clients: Cast, km: str) -> None:
    body = problem(clients.owner.get(address(near="47.37,8.54", km=km)), 400, "invalid")
    assert body["errors"][0]["field"] == "km"


def test_a_distance_from_nowhere_is_refused(clients: Cast) -> None:
    problem(clients.owner.get(address(km=5)), 400, "invalid")


def test_days_in_the_wrong_order_are_refused(clients: Cast) -> None:
    body = problem(clients.owner.get(address(taken_after="2026-02-01", taken_before="2026-01-01")), 400, "invalid")
    assert body["errors"][0]["field"] == "taken_after"


def test_more_than_ten_values_are_refused(clients: Cast) -> None:
    problem(clients.owner.get(address(tag=["x"] * 11)), 400, "invalid")


@pytest.mark.parametrize("query", ["taken_after=0001-01-01&taken_before=9999-12-31", "uploaded_before=1969-12-31"])
def test_the_first_and_the_last_day_there_are_are_days(clients: Cast, query: str) -> None:
    assert ids(clients.owner.get(f"{IMAGES}?{query}")) == []


def test_a_cursor_of_another_query_or_reader_is_refused(clients: Cast, mine: Callable[..., Image]) -> None:
    """So is one that was signed elsewhere."""
    for _ in range(3):
        mine(tags=["sea"])
    following = clients.owner.get(address(tag="sea", page_size=1)).json()["next"]
    assert len(ids(clients.owner.get(following))) == 1
    for other in (following.replace("tag=sea", "tag=sky"), following.replace("tag=sea", "q=sea")):
        problem(clients.owner.get(other), 400, "invalid")
    problem(clients.stranger.get(following), 400, "invalid")
    forged = signing.dumps(["older", new_image_id()], salt="images")
    problem(clients.owner.get(address(tag="sea", cursor=forged)), 400, "invalid")


def test_nobody_searches_without_signing_in(clients: Cast) -> None:
    for path in (address(q="sea"), FACETS):
        assert clients.anonymous.get(path).status_code in {401, 403}


def test_a_search_stays_within_ones_own_images(clients: Cast, mine: Callable[..., Image], cast: Cast) -> None:
    mine(tags=["sea"], title="Beach")
    terms.write(cast.stranger.pk, ["word:sea"], mine(tags=["sea"]).image_id)
    for client in (clients.stranger, clients.moderator):
        assert ids(client.get(address(q="sea"))) == ids(client.get(address(tag="sea"))) == []
        assert client.get(FACETS).json()["tags"] == []


# What happens


def test_a_search_combines_its_parameters(clients: Cast, mine: Callable[..., Image]) -> None:
    wanted = mine(
        title="Beach at dusk",
        tags=["sea", "sun"],
        labels=[["Palm Tree", 90.0]],
        camera_model="EOS R5",
        latitude=47.37,
        longitude=8.54,
        taken_at="2026-05-17T20:00:00",
        colour="#ff9900",
        faces=[["1", 0, 0, 1, 1, 99.0]],
    )
    mine(title="Beach", tags=["sea"], camera_model="EOS R5")
    parameters = {
        "q": "dusk -night",
        "tag": ["sea", "sun", "-rain"],
        "label": "palm tree",
        "camera": ["EOS R5", "iPhone"],
        "format": ["jpeg", "-png"],
        "colour": "orange",
        "orientation": "landscape",
        "size": "large",
        "near": "47.4,8.5",
        "km": 20,
        "taken_after": "2026-05-17",
        "taken_before": "2026-05-17",
        "has_faces": "true",
        "status": "ready",
    }
    assert ids(clients.owner.get(address(**parameters))) == [wanted.image_id]
    for name, value in {"tag": "rain", "km": 1, "has_faces": "false", "camera": "iPhone", "q": "night"}.items():
        assert ids(clients.owner.get(address(**parameters | {name: value}))) == []


def test_pages_of_a_search_are_complete_addresses(clients: Cast, mine: Callable[..., Image]) -> None:
    newest_first = [mine(tags=["blue sky"]).image_id for _ in range(5)][::-1]
    first = clients.owner.get(address(tag="Blue  SKY", page_size=2))
    second = clients.owner.get(first.json()["next"])
    third = clients.owner.get(second.json()["next"])
    assert [*ids(first), *ids(second), *ids(third)] == newest_first
    assert third.json()["next"] is None
    assert ids(clients.owner.get(third.json()["previous"])) == newest_first[2:4]


def test_a_one_term_search_costs_one_query_and_one_batch(clients: Cast, mine: Callable[..., Image]) -> None:
    """And no call of S3."""
    mine(tags=["sea"])
    with counted_calls() as calls:
        clients.owner.get(address(tag="sea"))
    counting = {"dynamodb.UpdateItem": 1}  # the call itself, against its caller's limit
    assert calls == {"dynamodb.Query": 1, "dynamodb.BatchGetItem": 1} | counting


def test_facets_name_what_there_is(clients: Cast, mine: Callable[..., Image]) -> None:
    mine(tags=["sea"], camera_model="EOS R5", labels=[["Snow", 90.0]])
    answer = clients.owner.get(FACETS).json()
    assert answer["is_approximate"] is False
    assert answer["cameras"] == [{"value": "EOS R5", "count": 1, "is_more": False, "name": ""}]
    assert [choice["value"] for kind in ("tags", "labels") for choice in answer[kind]] == ["sea", "Snow"]
    problem(clients.owner.get(f"{FACETS}?q=x"), 400, "invalid")


# Similar images

PICTURE, NEAR_IT, FAR_OFF = (
    bytes.fromhex("f0e1d2c3b4a59687"),
    bytes.fromhex("f0e1d2c3b4a59684"),
    b"\x0f\x1e\x2d\x3c" * 2,
)


def looks(make: Callable[..., Image], picture: bytes, mirror: bytes = b"\x01\x03\x07\x0f" * 2) -> Image:
    from media_pipeline.search import likeness

    record = make(phash=picture + mirror)
    likeness.write(record.phash, record.image_id)
    return record


def similar(client: Any, image_id: str, query: str = "") -> Any:
    return client.get(f"{IMAGES}/{image_id}/similar{query}")


def test_near_duplicates_come_nearest_first_with_how_near(
    clients: Cast, mine: Callable[..., Image], cast: Cast
) -> None:
    record, near, same = looks(mine, PICTURE), looks(mine, NEAR_IT), looks(mine, PICTURE)
    looks(mine, FAR_OFF)
    looks(lambda **attributes: stored(cast.stranger.pk, **attributes), PICTURE)
    answer = similar(clients.owner, record.image_id)
    assert ids(answer) == [same.image_id, near.image_id]
    assert [image["similarity"] for image in answer.json()["results"]] == [1.0, round(1 - 2 / 64, 4)]
    assert ids(similar(clients.owner, record.image_id, "?page_size=1")) == [same.image_id]
    assert ids(similar(clients.owner, record.image_id, "?by=labels")) == []


def test_similar_images_of_other_people_do_not_exist(clients: Cast, mine: Callable[..., Image]) -> None:
    record = looks(mine, PICTURE)
    for image_id in (record.image_id, new_image_id(), "x" * 3000, "%00"):
        problem(similar(clients.stranger, image_id), 404, "not_found")


@pytest.mark.parametrize("query", ["?by=size", "?by=%00", "?page_size=0", "?page_size=201", "?cursor=x"])
def test_similar_images_by_what_there_is_not_are_refused(clients: Cast, mine: Callable[..., Image], query: str) -> None:
    problem(similar(clients.owner, mine().image_id, query), 400, "invalid")
