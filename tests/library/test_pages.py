"""Who sees what, and what it costs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.conf import conf
from media_pipeline.library import views
from media_pipeline.record.models import FAILED, Image, ReviewState, new_image_id
from media_pipeline.record.stages import EXPECTED
from tests.library.answers import HTMX, text, tile_ids
from tests.support import hooks
from tests.support.people import Cast
from tests.support.uploads import reread

pytestmark = [pytest.mark.usefixtures("aws"), pytest.mark.django_db]


# What must not happen


@pytest.mark.parametrize("path", ["/", "/trash", "/tiles", "/photos/01ARZ3NDEKTSV4RRFFQ69G5FAV"])
def test_anonymous_people_are_sent_to_sign_in(clients: Cast, path: str) -> None:
    answer = clients.anonymous.get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/signin?next={path}"


def test_a_page_whose_session_ended_goes_to_sign_in_as_a_whole(clients: Cast) -> None:
    answer = clients.anonymous.get("/tiles", headers=HTMX)
    assert answer["HX-Redirect"] == "/signin"
    assert not answer.content


@pytest.mark.parametrize("call", ["", "/download"])
def test_a_stranger_cannot_tell_a_photo_from_none(clients: Cast, photo: Image, call: str) -> None:
    of_another = clients.stranger.get(f"/photos/{photo.image_id}{call}")
    of_nobody = clients.stranger.get(f"/photos/{new_image_id()}{call}")
    assert of_another.status_code == of_nobody.status_code == 404
    assert of_another.content == of_nobody.content


@pytest.mark.parametrize("call", ["title", "tags", "trash", "restore", "retry"])
@pytest.mark.parametrize("who", ["stranger", "moderator"])
def test_nobody_but_the_owner_changes_a_photo(
    clients: Cast, announce: Callable[..., Image], who: str, call: str
) -> None:
    photo = announce()
    answer = getattr(clients, who).post(f"/photos/{photo.image_id}/{call}", {"title": "Mine", "add": "mine"})
    assert answer.status_code == 404
    assert reread(photo).revision == photo.revision


@pytest.mark.parametrize("call", ["title", "tags", "trash", "restore", "retry"])
def test_looking_changes_nothing(clients: Cast, call: str) -> None:
    assert clients.owner.get(f"/photos/{new_image_id()}/{call}").status_code == 405


def test_a_change_needs_the_csrf_token(clients: Cast, cast: Cast, photo: Image) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.owner)
    assert strict.post(f"/photos/{photo.image_id}/trash").status_code == 403
    assert reread(photo).deleted_at is None


@pytest.mark.parametrize("image_id", ["x", "0" * 10_000, "\x00" * 26, "é" * 26, "../../etc/passwd", "I" * 26])
def test_what_cannot_be_an_id_is_not_looked_up(clients: Cast, image_id: str) -> None:
    from urllib.parse import quote

    with hooks.counted_calls() as calls:
        assert clients.owner.get(f"/photos/{quote(image_id, safe='')}").status_code == 404
        assert clients.owner.get("/", {"after": image_id}).status_code == 404
        assert tile_ids(clients.owner.get("/tiles", {"tile": f"{image_id}:0"})) == []
    assert not calls


def test_what_people_type_is_text(clients: Cast, announce: Callable[..., Image]) -> None:
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    record = announce(hostile, title=hostile, tags=[hostile])
    for path in ("/", f"/photos/{record.image_id}"):
        page = clients.owner.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(
    "review", [ReviewState.OPEN, ReviewState.REJECTED, ReviewState.CHILD_SAFETY], ids=lambda review: review.value
)
def test_a_photo_under_review_is_not_shown(clients: Cast, photo: Image, review: ReviewState) -> None:
    Image(photo.image_id).change([Image.review.set(review)], Image.image_id.exists())
    assert "<img" not in text(clients.owner.get("/"))
    assert "X-Amz-Signature" not in text(clients.owner.get(f"/photos/{photo.image_id}"))
    assert clients.owner.get(f"/photos/{photo.image_id}/download").status_code == 404


# The grid


def test_a_new_account_is_told_what_to_do(clients: Cast) -> None:
    page = text(clients.owner.get("/"))
    assert "No photos yet" in page
    assert tile_ids(clients.owner.get("/")) == []


def test_the_grid_shows_the_owners_photos_and_nobody_elses(clients: Cast, photo: Image) -> None:
    assert tile_ids(clients.owner.get("/")) == [photo.image_id]
    assert tile_ids(clients.stranger.get("/")) == []
    assert tile_ids(clients.moderator.get("/")) == []


def test_a_page_costs_one_query_and_one_batch_and_no_call_to_s3(clients: Cast, photo: Image) -> None:
    with hooks.counted_calls() as calls:
        answer = clients.owner.get("/")
    assert "X-Amz-Signature" in text(answer)
    assert calls == {"dynamodb.Query": 1, "dynamodb.BatchGetItem": 1}


def test_a_tile_has_its_size_before_the_picture_is_there(clients: Cast, photo: Image) -> None:
    page = text(clients.owner.get("/"))
    assert re.search(r'alt="dawn.jpg" width="600" height="450" loading="lazy"', page)
    assert 'data-ratio="1.333"' in page


def test_the_grid_goes_on_where_the_page_before_ended(
    clients: Cast, announce: Callable[..., Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    made = [announce(f"{number}.jpg").image_id for number in range(5)][::-1]
    first = clients.owner.get("/")
    assert tile_ids(first) == made[:2]
    onward = re.search(r'hx-get="\?([^"]+)"', text(first))
    assert onward
    assert onward[1].startswith("after=")
    second = clients.owner.get(f"/?{onward[1]}", headers=HTMX)
    assert tile_ids(second) == made[2:4]
    assert "beforeend:#month-" in text(second)
    assert "<h2" not in text(second), "the heading of this month is on the page already"
    plain = clients.owner.get("/", {"after": made[3]})
    assert tile_ids(plain) == made[4:]
    assert "?after=" not in text(plain).partition('id="months"')[2].partition("</main>")[0]


# Filling in live


def test_only_unfinished_tiles_are_asked_for_again(clients: Cast, photo: Image, announce: Callable[..., Image]) -> None:
    waiting = announce()
    asked = re.findall(r'name="tile" value="(\w+):(\d+)"', text(clients.owner.get("/")))
    assert asked == [(waiting.image_id, "1")]


def test_tiles_answers_with_those_that_changed_in_one_call(
    clients: Cast, photo: Image, announce: Callable[..., Image]
) -> None:
    waiting = announce()
    query = {"tile": [f"{photo.image_id}:1", f"{waiting.image_id}:1"]}
    with hooks.counted_calls() as calls:
        answer = clients.owner.get("/tiles", query, headers=HTMX)
    assert tile_ids(answer) == [photo.image_id]
    assert 'hx-swap-oob="true"' in text(answer)
    assert calls == {"dynamodb.BatchGetItem": 1}


def test_tiles_of_others_are_not_answered(clients: Cast, photo: Image) -> None:
    for client in (clients.stranger, clients.moderator):
        assert tile_ids(client.get("/tiles", {"tile": f"{photo.image_id}:0"})) == []


def test_a_processing_tile_shows_stages_and_thumbnail(clients: Cast, photo: Image) -> None:
    Image(photo.image_id).change(
        [Image.unfinished.set("1"), Image.stages.set({"thumbnails": {"state": "done", "ms": 9}})],
        Image.image_id.exists(),
    )
    page = text(clients.owner.get("/"))
    assert f"1 of {len(EXPECTED)} stages done" in page
    assert "<img" in page


@pytest.mark.parametrize(("attempts", "button"), [(1, "Remove"), (conf.max_attempts, "Retry")])
def test_a_failed_tile_says_why_and_what_to_do(clients: Cast, photo: Image, attempts: int, button: str) -> None:
    Image(photo.image_id).change(
        [
            Image.failure.set("This file ends in the middle."),
            Image.unfinished.set(FAILED),
            Image.attempts.set(attempts),
        ],
        Image.image_id.exists(),
    )
    page = text(clients.owner.get("/"))
    assert "This file ends in the middle." in page
    assert re.findall(r'<button class="btn">(\w+)</button></form>\s*</li>', page) == [button]


def test_a_failed_photo_is_tried_again(clients: Cast, photo: Image) -> None:
    Image(photo.image_id).change([Image.failure.set("Tired."), Image.unfinished.set(FAILED)], Image.image_id.exists())
    answer = clients.owner.post(f"/photos/{photo.image_id}/retry", headers=HTMX)
    assert tile_ids(answer) == [photo.image_id]
    assert reread(photo).failure is None


def test_a_photo_that_did_not_fail_is_not_tried_again(clients: Cast, photo: Image) -> None:
    answer = clients.owner.post(f"/photos/{photo.image_id}/retry", headers=HTMX)
    assert answer.status_code == 409
    assert text(answer) == "Only an image that failed can be tried again."
    assert answer["Content-Type"] == "text/plain"


# The trash


def test_into_the_trash_and_back(clients: Cast, photo: Image) -> None:
    answer = clients.owner.post(f"/photos/{photo.image_id}/trash", headers=HTMX)
    assert photo.image_id in answer["HX-Trigger"]
    assert tile_ids(clients.owner.get("/")) == []
    trash = clients.owner.get("/trash")
    assert tile_ids(trash) == [photo.image_id]
    assert "30 days left" in text(trash)
    assert tile_ids(clients.stranger.get("/trash")) == []
    clients.owner.post(f"/photos/{photo.image_id}/restore", headers=HTMX)
    assert tile_ids(clients.owner.get("/")) == [photo.image_id]
    assert "The Trash is empty" in text(clients.owner.get("/trash"))


def test_without_a_script_the_next_page_offers_undo(clients: Cast, photo: Image) -> None:
    page = clients.owner.post(f"/photos/{photo.image_id}/trash", follow=True)
    assert "“dawn.jpg” is in the Trash." in text(page)
    assert re.search(rf'action="/photos/restore">.*?name="photo" value="{photo.image_id}"', text(page))


def test_the_reader_is_known_by_id_and_groups(clients: Cast, cast: Cast) -> None:
    from media_pipeline.access.readers import reader_of_account

    assert reader_of_account(cast.owner) == Reader(cast.owner.pk)
    assert reader_of_account(cast.moderator).is_reviewer
