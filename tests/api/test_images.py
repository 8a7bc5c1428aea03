from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from media_pipeline.access.readers import Reader
from media_pipeline.api import responses
from media_pipeline.api.responses import ImageDetail
from media_pipeline.record import ledger
from media_pipeline.record.models import Image, ReviewState, new_image_id
from tests.api.problems import problem
from tests.support.aws import as_role
from tests.support.people import Cast
from tests.support.uploads import processed, reread
from tests.support.waiting import HANGS


def url(record: Image, action: str = "") -> str:
    return f"/api/v1/images/{record.image_id}{action}"


# What it looks like


def test_a_processed_photo_is_complete_and_its_renditions_load(clients: Cast, cast: Cast, photo: Image) -> None:
    body = clients.owner.get(url(photo)).json()
    assert {name: body[name] for name in ("image_id", "owner", "library", "filename", "title", "caption")} == {
        "image_id": photo.image_id,
        "owner": cast.owner.pk,
        "library": cast.owner.pk,
        "filename": "dawn.jpg",
        "title": None,
        "caption": None,
    }
    assert (body["status"], body["status_reason"]) == ("ready", None)
    assert (body["width"], body["height"], body["format"]) == (800, 600, "jpeg")
    assert body["created_at"].endswith("Z")
    assert body["metadata"]["camera_model"] == "EOS 40D"
    assert body["metadata"]["gps"] == {"latitude": pytest.approx(47.37, abs=1e-4), "longitude": pytest.approx(-8.54)}
    assert (body["tags"], body["labels"], body["faces"]) == ([], [], [])
    assert body["moderation"] == {"state": None, "labels": []}
    assert all(stage == {"state": "done", "ms": stage["ms"], "error": None} for stage in body["stages"].values())
    assert {"thumbnails", "optimize", "metadata"} <= set(body["stages"])
    assert {rendition["name"] for rendition in body["renditions"]} == {"small", "medium", "large", "jpeg", "webp"}
    for rendition in body["renditions"]:
        assert len(requests.get(rendition["url"], timeout=HANGS).content) == rendition["bytes"]


def test_an_image_that_failed_says_why(clients: Cast, cast: Cast, aws: object) -> None:
    record = processed(b"this is no picture", owner=cast.owner.pk)
    body = clients.owner.get(url(record)).json()
    assert body["status"] == "failed"
    assert body["status_reason"] == reread(record).failure
    assert body["renditions"] == []


def test_what_waits_for_a_moderator_has_thumbnails_only(clients: Cast, photo: Image) -> None:
    photo.change([Image.review.set(ReviewState.OPEN)], Image.image_id.exists())
    body = clients.owner.get(url(photo)).json()
    assert body["status"] == "in_review"
    loadable = {rendition["name"] for rendition in body["renditions"] if rendition["url"]}
    assert loadable == {"small", "medium", "large"}


def test_who_is_in_a_photo_is_told_to_its_owner_alone(clients: Cast, photo: Image) -> None:
    faces = [[f"{photo.image_id}-1", 0.1, 0.1, 0.2, 0.2, 99.0, "", new_image_id(), "Walburga"]]
    assert reread(photo).change([Image.faces.set(faces)], Image.image_id.exists())
    for page in (url(photo), f"/photos/{photo.image_id}"):
        assert "Walburga" in clients.owner.get(page).content.decode()
        seen = clients.moderator.get(page)
        assert (seen.status_code, "Walburga" in seen.content.decode()) == (200, False)


def test_only_the_owner_and_reviewers_learn_where_it_was_taken(photo: Image, cast: Cast) -> None:
    photo.place = "Zürich, Switzerland"

    def where(reader: Reader) -> tuple[object, object]:
        metadata = ImageDetail(photo, context={"reader": reader}).data["metadata"]
        return metadata["gps"], metadata["place"]

    assert all(where(Reader(cast.owner.pk)))
    assert all(where(Reader("somebody", frozenset({"moderator"}))))
    assert where(Reader("somebody")) == (None, None)
    assert where(Reader("")) == (None, None)


def test_an_owner_does_not_learn_of_a_child_safety_case(photo: Image, cast: Cast) -> None:
    photo.review = ReviewState.CHILD_SAFETY.value
    assert responses.review_state(photo, Reader(cast.owner.pk)) == "rejected"
    assert responses.review_state(photo, Reader("m", frozenset({"moderator"}))) == "child_safety"


def test_a_reviewer_sees_the_images_of_others(clients: Cast, photo: Image) -> None:
    assert clients.moderator.get(url(photo)).json()["metadata"]["gps"]


# Entity tags


def test_an_unchanged_image_is_not_sent_again(clients: Cast, photo: Image) -> None:
    first = clients.owner.get(url(photo))
    again = clients.owner.get(url(photo), headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_changed_image_is_sent_again(clients: Cast, photo: Image) -> None:
    first = clients.owner.get(url(photo))
    clients.owner.patch(url(photo), {"title": "Dawn"})
    again = clients.owner.get(url(photo), headers={"If-None-Match": first.headers["ETag"]})
    assert again.json()["title"] == "Dawn"


def test_an_image_whose_addresses_are_new_is_sent_again(
    clients: Cast, photo: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = clients.owner.get(url(photo))
    monkeypatch.setattr("media_pipeline.storage.presigning.window_end", lambda seconds: 2_000_000_000 + seconds)
    assert clients.owner.get(url(photo), headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_an_edit_of_what_has_changed_meanwhile_is_refused(clients: Cast, announce: Callable[..., Image]) -> None:
    record = announce()
    read = clients.owner.get(url(record)).headers["ETag"]
    assert clients.owner.patch(url(record), {"title": "First"}, headers={"If-Match": read}).status_code == 200
    problem(
        clients.owner.patch(url(record), {"title": "Second"}, headers={"If-Match": read}), 412, "precondition_failed"
    )
    assert reread(record).title == "First"


@pytest.mark.parametrize("tag", ["*", "{}", "W/{}"])
def test_an_edit_of_what_was_read_goes_through(clients: Cast, announce: Callable[..., Image], tag: str) -> None:
    record = announce()
    if_match = tag.format(clients.owner.get(url(record)).headers["ETag"])
    answer = clients.owner.patch(url(record), {"title": "Dawn"}, headers={"If-Match": if_match})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == clients.owner.get(url(record)).headers["ETag"]


@pytest.mark.parametrize("tag", ["12", '"x"', '"1", "2"', '"' + "9" * 5000 + '"', '"²-a"', ""])
def test_an_if_match_that_is_no_etag_is_refused(clients: Cast, announce: Callable[..., Image], tag: str) -> None:
    problem(
        clients.owner.patch(url(announce()), {}, headers={"If-Match": tag.encode().decode("latin-1")}), 400, "invalid"
    )


# Edits


def test_an_edit_changes_what_it_names_and_nothing_else(clients: Cast, announce: Callable[..., Image]) -> None:
    record = announce(title="Dawn", tags=["Sea"])
    body = clients.owner.patch(url(record), {"caption": "Früh", "tags": ["Sky", "SKY"]}).json()
    assert (body["title"], body["caption"], body["tags"]) == ("Dawn", "Früh", ["Sky"])


@pytest.mark.parametrize("empty", ["", None])
def test_an_edit_can_empty_a_field(clients: Cast, announce: Callable[..., Image], empty: str | None) -> None:
    record = announce(title="Dawn", tags=["Sea"])
    body = clients.owner.patch(url(record), {"title": empty, "tags": []}).json()
    assert (body["title"], body["tags"]) == (None, [])


@pytest.mark.parametrize(
    "change",
    [
        {"title": "x" * 201},
        {"title": "a\u0000b"},
        {"title": ["a"]},
        {"title": 5},
        {"tags": [5]},
        {"caption": "x" * 2001},
        {"tags": "sea"},
        {"tags": [{"name": "sea"}]},
        {"tags": None},
        {"status": "ready"},
        {"owner": "me"},
        {"x" * 10_000: 1},
        ["title"],
    ],
    ids=lambda change: str(change)[:20],
)
def test_an_edit_that_is_wrong_changes_nothing(
    clients: Cast, announce: Callable[..., Image], change: dict[str, object]
) -> None:
    record = announce(title="Dawn")
    body = problem(clients.owner.patch(url(record), change), 400, "invalid")
    assert len(body["detail"]) <= 1000
    assert reread(record).revision == record.revision


def test_half_a_character_is_refused(clients: Cast, announce: Callable[..., Image]) -> None:
    body = b'{"title": "\\ud800"}'
    problem(clients.owner.generic("PATCH", url(announce()), body, "application/json"), 400, "invalid")


def test_hostile_text_is_kept_as_it_is(clients: Cast, announce: Callable[..., Image]) -> None:
    title = "'; DROP TABLE media; -- <script>alert(1)</script> 🌄 \u202e"
    assert clients.owner.patch(url(announce()), {"title": title}).json()["title"] == title


# Trash


def test_a_deleted_image_is_in_the_trash_until_it_is_restored(clients: Cast, announce: Callable[..., Image]) -> None:
    record = announce()
    assert clients.owner.delete(url(record)).status_code == 204
    assert clients.owner.delete(url(record)).status_code == 204
    assert clients.owner.get(url(record)).json()["status"] == "deleted"
    assert clients.owner.post(url(record, "/restore")).json()["status"] == "uploading"
    assert clients.owner.post(url(record, "/restore")).status_code == 200


# Retry


def test_a_failed_image_can_be_tried_again(clients: Cast, cast: Cast, aws: object) -> None:
    record = processed(b"this is no picture", owner=cast.owner.pk)
    answer = clients.owner.post(url(record, "/retry"))
    assert (answer.status_code, answer.json()) == (202, {"image_id": record.image_id, "status": "processing"})
    with as_role("pipeline"):  # the retry queue's handler
        begun = ledger.begin(record.image_id, record.version_id)
    assert isinstance(begun, Image)


def test_only_what_failed_can_be_tried_again(clients: Cast, photo: Image) -> None:
    problem(clients.owner.post(url(photo, "/retry")), 409, "conflict")


# Downloads


@pytest.mark.parametrize(("query", "name"), [("", "dawn.jpg"), ("?rendition=webp", "dawn.webp")])
def test_a_download_leads_to_the_file_under_its_own_name(clients: Cast, photo: Image, query: str, name: str) -> None:
    answer = clients.owner.get(url(photo, "/download") + query, headers={"Accept": "image/webp"})
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "no-store"
    location = answer.headers["Location"]
    assert requests.get(location, timeout=HANGS).status_code == 200
    asked = parse_qs(urlsplit(location).query)["response-content-disposition"]
    assert asked == [f"attachment; filename*=UTF-8''{name}"]


def test_the_original_is_downloaded_in_the_version_judged(clients: Cast, photo: Image) -> None:
    location = clients.owner.get(url(photo, "/download")).headers["Location"]
    assert parse_qs(urlsplit(location).query)["versionId"] == [photo.version_id]


@pytest.mark.parametrize("name", ["huge", "../original", "%00", "x" * 10_000])
def test_a_rendition_that_is_not_there_cannot_be_downloaded(clients: Cast, photo: Image, name: str) -> None:
    answer = clients.owner.get(url(photo, f"/download?rendition={name}"))
    assert answer.status_code in {400, 404}
    problem(answer, answer.status_code, {400: "invalid", 404: "not_found"}[answer.status_code])


def test_what_is_not_ready_cannot_be_downloaded(clients: Cast, announce: Callable[..., Image]) -> None:
    problem(clients.owner.get(url(announce(), "/download")), 404, "not_found")
