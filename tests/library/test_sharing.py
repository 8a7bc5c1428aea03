"""Links to photos and albums: what a guest sees by them, and what never."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.albums import links
from media_pipeline.images import use_cases
from media_pipeline.images.use_cases import Edit
from media_pipeline.record.models import Image, new_image_id
from tests.library.answers import text
from tests.support import hooks
from tests.support.people import Cast

pytestmark = [pytest.mark.usefixtures("aws"), pytest.mark.django_db]
ALL = links.Terms(shown=links.SHOWN, may_download=True)


# What must not be seen


@pytest.mark.parametrize("token", ["x", "x" * 33, "\x00" * 32, "٠" * 32, "../../admin", "' OR 1=1", "🌄"])
def test_a_hostile_token_is_like_an_unknown_one(clients: Cast, token: str) -> None:
    from urllib.parse import quote

    answer = clients.anonymous.get(f"/s/{quote(token, safe='')}")
    assert answer.status_code == 404
    assert answer.content == clients.anonymous.get("/s/" + "y" * 32).content


def test_a_link_says_nothing_of_owner_place_or_camera(
    clients: Cast, owner: Reader, cast: Cast, photo: Image, album: str
) -> None:
    use_cases.edit(owner, photo.image_id, Edit(title="Harbour", caption="at home", tags=["private"]))
    tokens = [links.share_image(owner, photo.image_id, links.Terms())[1]]
    tokens.append(links.share_album(owner, album, links.Terms())[1])
    pages = "".join(
        text(clients.anonymous.get(f"/s/{token}{rest}")) for token in tokens for rest in ("", f"/{photo.image_id}")
    )
    for secret in (
        owner.id,
        "alice",
        cast.owner.email,
        "47.3",
        "8.54",
        "Zürich",
        "Switzerland",
        "dawn.jpg",
        "1/250",
        "Canon",
        "14:03",
        "at home",
        "private",
        "/original/",
    ):
        assert secret not in pages, secret
    assert "Harbour" in pages
    assert "17 May 2026" in pages
    assert "Download" not in pages


def test_only_the_picture_is_shown_when_its_owner_wants_so(
    clients: Cast, owner: Reader, photo: Image, album: str
) -> None:
    use_cases.edit(owner, photo.image_id, Edit(title="Harbour"))
    _, token = links.share_album(owner, album, links.Terms(shown=()))
    pages = text(clients.anonymous.get(f"/s/{token}")) + text(clients.anonymous.get(f"/s/{token}/{photo.image_id}"))
    assert not re.search("Harbour|Summer|May|Canon", pages)


def test_no_cookie_no_index_and_no_referrer(clients: Cast, owner: Reader, photo: Image) -> None:
    _, token = links.share_image(owner, photo.image_id, ALL)
    for rest in ("", f"/{photo.image_id}", f"/{photo.image_id}/download"):
        answer = clients.anonymous.get(f"/s/{token}{rest}")
        assert not answer.cookies
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Cache-Control"] == "private, no-store"


def test_a_link_opens_nothing_besides(
    clients: Cast, owner: Reader, photo: Image, announce: Callable[..., Image]
) -> None:
    other = announce("other.jpg")
    _, token = links.share_image(owner, photo.image_id, ALL)
    for image_id in (other.image_id, new_image_id()):
        assert clients.anonymous.get(f"/s/{token}/{image_id}").status_code == 404
        assert clients.anonymous.get(f"/s/{token}/{image_id}/download").status_code == 404
    assert clients.anonymous.post(f"/s/{token}").status_code == 405


def test_a_download_is_offered_only_when_allowed(clients: Cast, owner: Reader, photo: Image) -> None:
    """It is never the original."""
    _, without = links.share_image(owner, photo.image_id, links.Terms())
    assert clients.anonymous.get(f"/s/{without}/{photo.image_id}/download").status_code == 404
    _, token = links.share_image(owner, photo.image_id, ALL)
    address = clients.anonymous.get(f"/s/{token}/{photo.image_id}/download?rendition=original")["Location"]
    assert "/optimized/jpeg/" in address
    assert "photo.jpg" in address
    assert "dawn" not in address


@pytest.mark.parametrize("who", ["stranger", "moderator"])
def test_only_its_owner_shares_sees_links_and_revokes(
    clients: Cast, owner: Reader, photo: Image, album: str, who: str
) -> None:
    share, token = links.share_image(owner, photo.image_id, ALL)
    client = getattr(clients, who)
    client.post(f"/photos/{photo.image_id}/links", {"days": "7"})
    assert client.post(f"/albums/{album}/links", {"days": "7"}).status_code == 404
    assert client.post("/links/revoke", {"link": share.share_id}).status_code == 404
    assert share.share_id not in text(client.get("/links"))
    assert len(links.listed(owner)) == 1
    assert clients.anonymous.get(f"/s/{token}").status_code == 200


def test_anonymous_people_are_sent_to_sign_in(clients: Cast, photo: Image, album: str, owner: Reader) -> None:
    for path in (f"/photos/{photo.image_id}/links", f"/albums/{album}/links", "/links/revoke"):
        assert clients.anonymous.post(path, {"days": "7"}).status_code == 302
    assert links.listed(owner) == []


@pytest.mark.parametrize(
    "sent", [{"days": "8"}, {"days": "x"}, {"days": "-1"}, {"days": "٧"}, {"days": "9" * 99}, {"shown": "gps"}]
)
def test_terms_that_are_not_offered_are_refused(
    clients: Cast, owner: Reader, photo: Image, sent: dict[str, str]
) -> None:
    assert clients.owner.post(f"/photos/{photo.image_id}/links", sent).status_code == 400
    assert links.listed(owner) == []


# What is seen


def test_without_a_script_a_link_is_made_listed_and_revoked(clients: Cast, photo: Image) -> None:
    """It is shown once."""
    path = f"/photos/{photo.image_id}/links"
    assert f'href="{path}"' in text(clients.owner.get(f"/photos/{photo.image_id}"))
    made = text(clients.owner.post(path, {"days": "30", "shown": ["title", "camera"], "may_download": "on"}))
    [address] = re.findall(r'value="(http://testserver/s/[\w-]{32})"', made)
    guest = text(clients.anonymous.get(address))
    assert "Canon EOS 40D" in guest
    assert "May" not in guest
    assert ">Download<" in guest
    listed = text(clients.owner.get(path))
    assert address not in listed
    assert "Shows title, camera, download" in listed
    assert "dawn.jpg" in text(clients.owner.get("/links"))
    [link] = re.findall(r'name="link" value="(\w+)"', listed)
    after = text(clients.owner.post("/links/revoke", {"link": link, "back": path}, follow=True))
    assert "The link is revoked." in after
    assert clients.anonymous.get(address).status_code == 404


def test_revoking_leads_back_to_this_house_only(clients: Cast, owner: Reader, photo: Image) -> None:
    share, _ = links.share_image(owner, photo.image_id, ALL)
    answer = clients.owner.post("/links/revoke", {"link": share.share_id, "back": "//evil.example/"})
    assert answer["Location"] == "/links"


def test_a_link_that_is_made_while_another_one_is_can_be_revoked(owner: Reader, photo: Image, album: str) -> None:
    saved: list[object] = []

    def another(**_: Any) -> None:
        saved.append(None)
        if len(saved) == 2:  # the entry is there, and the link is not yet
            links.share_album(owner, album, ALL)

    with hooks.registered(["dynamodb"], "before-call.{}.PutItem", another):
        share, _ = links.share_image(owner, photo.image_id, ALL)
    assert share.share_id in [each.share_id for each in links.listed(owner)]


def test_a_shared_album_is_seen_in_its_order_with_its_name(
    clients: Cast, owner: Reader, photo: Image, album: str
) -> None:
    _, token = links.share_album(owner, album, ALL)
    page = text(clients.anonymous.get(f"/s/{token}"))
    assert "<h1>Summer</h1>" in page
    assert re.findall(rf'href="/s/{token}/(\w+)"', page) == [photo.image_id]
    assert "/thumbnails/large/" in page
    assert "Shared until" in text(clients.owner.get("/albums/"))
