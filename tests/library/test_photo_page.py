"""The page of one photo: what it shows, and what is changed there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from media_pipeline.intake import descriptions
from media_pipeline.record.models import Image
from tests.library.answers import HTMX, text
from tests.support.people import Cast

pytestmark = [pytest.mark.usefixtures("aws"), pytest.mark.django_db]


def test_a_photo_has_a_page_and_comes_alone_to_the_dialog(clients: Cast, photo: Image) -> None:
    page, piece = (clients.owner.get(f"/photos/{photo.image_id}", headers=headers) for headers in ({}, HTMX))
    assert "<!DOCTYPE html>" in text(page)
    assert "<html" not in text(piece)
    for answer in (page, piece):
        for fact in (
            "Sun 17 May 2026, 14:03",
            "1/250 s",
            "f/4.5",
            "Canon EOS 40D",
            "47.37000° N, 8.54000° W",
            "800 × 600, 0.5 MP",
            "dawn.jpg",
            "WebP",
            "Optimise",
        ):
            assert fact in text(answer)
        assert "lurred" not in text(answer), "that rendition is the reviewers'"


def test_the_browser_chooses_the_smallest_it_can_show(clients: Cast, photo: Image) -> None:
    page = text(clients.owner.get(f"/photos/{photo.image_id}"))
    shown = re.search(r"<picture>(.*?)</picture>", page, re.DOTALL)
    assert shown
    assert re.findall(r'type="([^"]+)" srcset="[^"]+/([^/?]+)\?', shown[1]) == [
        ("image/webp", f"{photo.image_id}.webp")
    ]
    assert f"optimized/jpeg/{photo.image_id}.jpg?" in shown[1]


def test_a_reviewer_sees_a_photo_and_cannot_change_it(clients: Cast, photo: Image) -> None:
    page = text(clients.moderator.get(f"/photos/{photo.image_id}"))
    assert "X-Amz-Signature" in page
    assert "<form" not in page.partition('id="viewer"')[2].partition("</main>")[0]


def test_a_photo_leads_to_the_newer_and_the_older_one(clients: Cast, announce: Callable[..., Image]) -> None:
    older, middle, newer = (announce().image_id for _ in range(3))
    page = text(clients.owner.get(f"/photos/{middle}"))
    assert f'href="/photos/{newer}" data-do="previous"' in page
    assert f'href="/photos/{older}" data-do="next"' in page
    assert 'data-do="next"' not in text(clients.owner.get(f"/photos/{older}"))


@pytest.mark.parametrize("rendition", ["original", "jpeg", "webp", "large"])
def test_every_rendition_is_downloaded_under_the_files_name(clients: Cast, photo: Image, rendition: str) -> None:
    answer = clients.owner.get(f"/photos/{photo.image_id}/download", {"rendition": rendition})
    assert answer.status_code == 302
    assert "dawn" in answer["Location"]


@pytest.mark.parametrize("rendition", ["", "huge", "../original", "\x00", "x" * 10_000])
def test_there_is_nothing_to_download_under_other_names(clients: Cast, photo: Image, rendition: str) -> None:
    assert clients.owner.get(f"/photos/{photo.image_id}/download", {"rendition": rendition}).status_code == 404


# Changes


def test_a_title_is_changed_and_emptied(clients: Cast, photo: Image) -> None:
    answer = clients.owner.post(f"/photos/{photo.image_id}/title", {"title": " Dawn "}, headers=HTMX)
    assert 'value="Dawn"' in text(answer)
    assert 'alt="Dawn"' in text(clients.owner.get("/"))
    clients.owner.post(f"/photos/{photo.image_id}/title", {"title": ""}, headers=HTMX)
    assert 'alt="dawn.jpg"' in text(clients.owner.get("/"))


def test_a_title_that_is_too_long_is_refused_in_a_sentence(clients: Cast, photo: Image) -> None:
    title = "x" * (descriptions.MAX_TITLE_LENGTH + 1)
    spoken = clients.owner.post(f"/photos/{photo.image_id}/title", {"title": title}, headers=HTMX)
    assert (spoken.status_code, spoken["Content-Type"]) == (400, "text/plain")
    plain = clients.owner.post(f"/photos/{photo.image_id}/title", {"title": title})
    assert plain.status_code == 400
    assert text(spoken) in text(plain)


def test_tags_are_added_and_removed(clients: Cast, photo: Image) -> None:
    for tag in ("Sea", "Night", "sea"):
        answer = clients.owner.post(f"/photos/{photo.image_id}/tags", {"add": tag}, headers=HTMX)
    assert re.findall(r"Remove tag: (\w+)", text(answer)) == ["Sea", "Night"]
    answer = clients.owner.post(f"/photos/{photo.image_id}/tags", {"remove": "Sea"}, headers=HTMX)
    assert re.findall(r"Remove tag: (\w+)", text(answer)) == ["Night"]


def test_without_a_script_a_change_leads_back_to_the_page(clients: Cast, photo: Image) -> None:
    answer = clients.owner.post(f"/photos/{photo.image_id}/tags", {"add": "Sea"})
    assert (answer.status_code, answer["Location"]) == (302, f"/photos/{photo.image_id}")
