from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from media_pipeline.record.models import Image
from tests.api.problems import problem
from tests.support.hooks import counted_calls
from tests.support.people import Cast

IMAGES = "/api/v1/images"
Announce = Callable[..., Image]


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [image["image_id"] for image in answer.json()["results"]]


@pytest.fixture
def seven(announce: Announce) -> list[str]:
    """Seven images of the owner's, newest first."""
    return [announce().image_id for _ in range(7)][::-1]


# What must not happen


@pytest.mark.parametrize("cursor", ["", "x", "null", "x" * 900, "x" * 10_000, "%00", "W10:1:1", "☃"])
def test_a_cursor_that_was_not_made_here_is_refused(clients: Cast, cursor: str) -> None:
    body = problem(clients.owner.get(f"{IMAGES}?cursor={cursor}"), 400, "invalid")
    assert body["errors"][0]["field"] == "cursor"


def test_a_cursor_with_one_changed_letter_is_refused(clients: Cast, seven: list[str]) -> None:
    address = clients.owner.get(f"{IMAGES}?page_size=3").json()["next"]
    problem(clients.owner.get(address[:-1] + ("a" if address[-1] != "a" else "b")), 400, "invalid")


def test_a_cursor_of_somebody_else_is_refused(clients: Cast, seven: list[str]) -> None:
    address = clients.owner.get(f"{IMAGES}?page_size=3").json()["next"]
    problem(clients.stranger.get(address), 400, "invalid")


def test_a_cursor_of_another_filter_is_refused(clients: Cast, seven: list[str]) -> None:
    address = clients.owner.get(f"{IMAGES}?page_size=3").json()["next"]
    problem(clients.owner.get(f"{address}&status=uploading"), 400, "invalid")


@pytest.mark.parametrize("query", ["page_size=0", "page_size=201", "page_size=-1", "page_size=ten", "page_size=1e2"])
def test_a_page_size_out_of_range_is_refused(clients: Cast, query: str) -> None:
    body = problem(clients.owner.get(f"{IMAGES}?{query}"), 400, "invalid")
    assert body["errors"][0]["field"] == "page_size"


@pytest.mark.parametrize("query", ["status=lost", "status=READY", "status=%00"])
def test_a_status_that_does_not_exist_is_refused(clients: Cast, query: str) -> None:
    body = problem(clients.owner.get(f"{IMAGES}?{query}"), 400, "invalid")
    assert body["errors"][0]["field"] == "status"


def test_an_unknown_parameter_is_refused_and_not_ignored(clients: Cast) -> None:
    body = problem(clients.owner.get(f"{IMAGES}?color=red"), 400, "invalid")
    (error,) = body["errors"]
    assert (error["field"], error["code"]) == ("color", "unknown")
    assert error["detail"].startswith("There is no such field here. There are: cursor, page_size, q, tag,")


def test_nobody_sees_the_images_of_others(clients: Cast, seven: list[str]) -> None:
    assert ids(clients.stranger.get(IMAGES)) == []
    assert ids(clients.moderator.get(IMAGES)) == []


# What happens


def test_the_newest_come_first(clients: Cast, seven: list[str]) -> None:
    answer = clients.owner.get(IMAGES)
    assert ids(answer) == seven
    assert (answer.json()["next"], answer.json()["previous"]) == (None, None)


def test_the_cursors_lead_to_the_end_and_back(clients: Cast, seven: list[str]) -> None:
    first = clients.owner.get(f"{IMAGES}?page_size=3")
    second = clients.owner.get(first.json()["next"])
    third = clients.owner.get(second.json()["next"])
    assert [ids(page) for page in (first, second, third)] == [seven[:3], seven[3:6], seven[6:]]
    assert third.json()["next"] is None
    back = clients.owner.get(third.json()["previous"])
    assert ids(back) == seven[3:6]
    start = clients.owner.get(back.json()["previous"])
    assert ids(start) == seven[:3]
    assert start.json()["previous"] is None
    assert ids(clients.owner.get(start.json()["next"])) == seven[3:6]


def test_a_page_that_ends_where_the_list_ends_has_no_next(clients: Cast, seven: list[str]) -> None:
    assert clients.owner.get(f"{IMAGES}?page_size=7").json()["next"] is None


def test_an_image_uploaded_meanwhile_repeats_nothing(clients: Cast, seven: list[str], announce: Announce) -> None:
    first = clients.owner.get(f"{IMAGES}?page_size=3")
    announce()
    assert ids(clients.owner.get(first.json()["next"])) == seven[3:6]


def test_the_trash_is_listed_only_when_asked_for(clients: Cast, seven: list[str]) -> None:
    clients.owner.delete(f"{IMAGES}/{seven[2]}")
    assert ids(clients.owner.get(IMAGES)) == [*seven[:2], *seven[3:]]
    assert ids(clients.owner.get(f"{IMAGES}?status=deleted")) == [seven[2]]


def test_a_status_filters(clients: Cast, seven: list[str], photo: Image) -> None:
    assert ids(clients.owner.get(f"{IMAGES}?status=uploading")) == seven
    assert ids(clients.owner.get(f"{IMAGES}?status=ready&page_size=1")) == []  # `photo` was stored without its terms


def test_a_page_costs_one_query_and_one_batch_and_nothing_of_s3(clients: Cast, seven: list[str]) -> None:
    with counted_calls() as calls:
        clients.owner.get(IMAGES)
    counting = {"dynamodb.UpdateItem": 1}  # the call itself, against its caller's limit
    assert calls == {"dynamodb.Query": 1, "dynamodb.BatchGetItem": 1} | counting
