from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from media_pipeline.access import api_keys
from media_pipeline.access.api_keys import Scope
from media_pipeline.record.models import Image
from tests.api.keys import expired, made, service
from tests.api.problems import problem
from tests.api.test_tokens import without_sql
from tests.support.people import Cast

IMAGES, UPLOADS = "/api/v1/images", "/api/v1/uploads"
ANNOUNCEMENT = {"filename": "a.jpg", "content_type": "image/jpeg", "bytes": 10}


@pytest.mark.parametrize(
    "text", ["", " ", "dk_", "dk_000000000000_" + "a" * 43, "x" * 10_000, "\xff", "' OR 1=1 --", "<b>", "Bearer x"]
)
def test_what_is_no_key_of_ours_is_refused(clients: Cast, text: str) -> None:
    answer = APIClient().get(IMAGES, headers={"X-API-Key": text})
    assert "does not exist" in problem(answer, 401, "authentication_failed")["detail"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_key_says_so(clients: Cast, cast: Cast) -> None:
    assert "has expired" in problem(expired(cast.owner.pk).get(IMAGES), 401, "authentication_failed")["detail"]


def test_a_revoked_key_is_refused_at_once(clients: Cast, cast: Cast) -> None:
    key, app = made(cast.owner.pk)
    assert app.get(IMAGES).status_code == 200
    api_keys.revoke(key.key_id)
    assert "was revoked" in problem(app.get(IMAGES), 401, "authentication_failed")["detail"]


def test_a_bad_key_is_not_made_good_by_a_session(clients: Cast) -> None:
    problem(clients.owner.get(IMAGES, headers={"X-API-Key": "dk_wrong"}), 401, "authentication_failed")


def test_each_scope_allows_its_half_and_names_what_is_missing(clients: Cast, cast: Cast) -> None:
    reading, writing = service(cast.owner.pk, [Scope.READ]), service(cast.owner.pk, [Scope.WRITE])
    assert reading.get(IMAGES).status_code == 200
    assert writing.post(UPLOADS, ANNOUNCEMENT).status_code == 201
    assert "images:write" in problem(reading.post(UPLOADS, ANNOUNCEMENT), 403, "insufficient_scope")["detail"]
    assert "images:read" in problem(writing.get(IMAGES), 403, "insufficient_scope")["detail"]


def test_a_moderators_key_has_no_role(clients: Cast, cast: Cast, announce: Callable[..., Image]) -> None:
    address = f"{IMAGES}/{announce().image_id}"
    assert clients.moderator.get(address).status_code == 200
    problem(service(cast.moderator.pk).get(address), 404, "not_found")


def test_a_service_needs_no_csrf_token(cast: Cast, aws: object) -> None:
    app = APIClient(enforce_csrf_checks=True)
    app.credentials(HTTP_X_API_KEY=api_keys.make(owner=cast.owner.pk, name="a", scopes=Scope, days=1, made_by="l")[1])
    assert app.post(UPLOADS, ANNOUNCEMENT).status_code == 201


def test_a_token_goes_before_a_key(clients: Cast, cast: Cast, announce: Callable[..., Image]) -> None:
    app = service(cast.stranger.pk)
    token = AccessToken.for_user(cast.owner)
    address = f"{IMAGES}/{announce().image_id}"
    assert app.get(address, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_with_sql_switched_off_a_service_uploads_and_reads(clients: Cast, cast: Cast, photo: Image) -> None:
    app = service(cast.owner.pk)
    with without_sql():
        started = app.post(UPLOADS, ANNOUNCEMENT).json()
        assert started["image_id"] in [image["image_id"] for image in app.get(IMAGES).json()["results"]]
        assert app.get(f"{IMAGES}/{photo.image_id}").json()["owner"] == cast.owner.pk
        assert app.patch(f"{IMAGES}/{photo.image_id}", {"title": "Dawn"}).json()["title"] == "Dawn"
        assert app.get("/api/v1/facets").status_code == 200


def test_no_key_consents_in_somebodys_place(clients: Cast, cast: Cast) -> None:
    app, consent = service(cast.owner.pk), "/api/v1/consent"
    text = app.get(consent).json()
    for answer in (app.put(consent, {"version": text["current_version"]}), app.delete(consent)):
        assert "Sign in yourself" in problem(answer, 403, "insufficient_scope")["detail"]
    assert app.get(consent).json()["is_given"] is False
