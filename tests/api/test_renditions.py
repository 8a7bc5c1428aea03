"""Renditions through the API: who may order which, and which one a client gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.support.people import Cast

if TYPE_CHECKING:
    from media_pipeline.record.models import Image

pytestmark = pytest.mark.django_db
SMALL_WEBP = {"format": "webp", "width": 320}


def test_only_the_owner_may_order(clients: Cast, photo: Image) -> None:
    path = f"/api/v1/images/{photo.image_id}/renditions"
    assert clients.anonymous.post(path, SMALL_WEBP).status_code == 401
    assert clients.stranger.post(path, SMALL_WEBP).status_code == 404
    assert clients.moderator.post(path, SMALL_WEBP).status_code == 404
    answer = clients.owner.post(path, SMALL_WEBP)
    assert (answer.status_code, answer.json()["name"]) == (202, "webp_320x-_inside_q85")


@pytest.mark.parametrize(
    ("order", "attr"),
    [
        ({"width": 320}, "format"),
        ({"format": "webp", "width": 321}, "width"),
        ({"format": "webp"}, "width"),
        ({"format": "webp", "width": 320, "fit": "face"}, "height"),
        ({"format": "webp", "width": 320, "watermark": "none such"}, "watermark"),
        ({"format": "webp", "width": 320, "blur": 3}, "blur"),
    ],
)
def test_an_order_that_is_not_on_offer_names_its_field(
    clients: Cast, photo: Image, order: dict[str, object], attr: str
) -> None:
    answer = clients.owner.post(f"/api/v1/images/{photo.image_id}/renditions", order)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert attr in str(answer.json()["errors"])


def test_an_image_that_is_not_ready_cannot_be_ordered_from(clients: Cast, announce: Callable[..., Image]) -> None:
    answer = clients.owner.post(f"/api/v1/images/{announce().image_id}/renditions", SMALL_WEBP)
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("query", "accept", "extension"),
    [
        ("rendition=web&format=auto", "image/avif,image/webp,*/*", "webp"),
        ("rendition=web", "*/*", "jpg"),
        ("rendition=web&format=webp", "*/*", "webp"),
        ("rendition=web&format=jpeg", "image/webp", "jpg"),
    ],
)
def test_the_web_rendition_is_chosen_by_what_the_client_accepts(
    clients: Cast, photo: Image, query: str, accept: str, extension: str
) -> None:
    answer = clients.owner.get(f"/api/v1/images/{photo.image_id}/download?{query}", headers={"Accept": accept})
    assert answer.status_code == 302
    assert f"/{photo.image_id}.{extension}?" in answer["Location"]
    assert "Accept" in answer["Vary"]
