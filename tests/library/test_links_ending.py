"""When a link to a photo or an album opens nothing any more."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.albums import albums, links
from media_pipeline.conf import conf
from media_pipeline.errors import ConflictError
from media_pipeline.images import use_cases
from media_pipeline.record.models import Image, Term
from media_pipeline.review import acts
from media_pipeline.review.acts import Flag, FlagKind
from media_pipeline.review.verdicts import Outcome, Verdict
from tests.library.answers import text
from tests.support.people import Cast
from tests.support.pipeline import erase
from tests.support.uploads import reread

pytestmark = [pytest.mark.usefixtures("aws"), pytest.mark.django_db]
ALL = links.Terms(shown=links.SHOWN, may_download=True)


def is_gone(clients: Cast, token: str, image_id: str) -> bool:
    """Whether all that a link led to is the page that any nonsense leads to."""
    nonsense = clients.anonymous.get("/s/" + "x" * 32)
    assert nonsense.status_code == 404
    answers = [clients.anonymous.get(f"/s/{token}{rest}") for rest in ("", f"/{image_id}", f"/{image_id}/download")]
    return all((answer.status_code, answer.content) == (404, nonsense.content) for answer in answers)


def test_revoked_spent_and_unknown_links_lead_to_one_page(
    clients: Cast, owner: Reader, photo: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    share, token = links.share_image(owner, photo.image_id, ALL)
    _, spent = links.share_image(owner, photo.image_id, links.Terms(days=1))
    assert not is_gone(clients, token, photo.image_id)
    links.revoke(owner, share.share_id)
    assert is_gone(clients, token, photo.image_id)
    assert not is_gone(clients, spent, photo.image_id)
    now = time.time()
    monkeypatch.setattr(links.time, "time", lambda: now + links.DAY)
    assert is_gone(clients, spent, photo.image_id)
    assert links.listed(owner) == []


ENDS: dict[str, Callable[[Image], Any]] = {
    "deleted": lambda record: use_cases.delete(Reader(record.owner), record.image_id),
    "in review": lambda record: acts.flag(record, [Flag(FlagKind.LABEL, "Explicit", 97.0)]),
    "rejected": lambda record: acts.decide(ENDS["in review"](record), Verdict(Outcome.REMOVE), by="mod"),
    "restricted": lambda record: acts.decide(ENDS["in review"](record), Verdict(Outcome.RESTRICT), by="mod"),
    "held": lambda record: acts.hold(ENDS["in review"](record), because="seen", by="mod"),
    "processing": lambda record: record.change([Image.unfinished.set("3")], Image.image_id.exists()),
    "erased": erase,
}


@pytest.mark.parametrize("end", ENDS)
def test_what_is_not_ready_for_everybody_is_gone_at_once(
    clients: Cast, owner: Reader, photo: Image, album: str, end: str
) -> None:
    _, alone = links.share_image(owner, photo.image_id, ALL)
    _, among = links.share_album(owner, album, ALL)
    assert photo.image_id in text(clients.anonymous.get(f"/s/{among}"))
    ENDS[end](reread(photo))
    assert is_gone(clients, alone, photo.image_id)
    page = clients.anonymous.get(f"/s/{among}")
    assert (page.status_code, photo.image_id in text(page)) == (200, False)
    assert clients.anonymous.get(f"/s/{among}/{photo.image_id}").status_code == 404


def test_a_photo_that_leaves_the_album_leaves_its_link(clients: Cast, owner: Reader, photo: Image, album: str) -> None:
    _, token = links.share_album(owner, album, ALL)
    albums.remove(owner, album, [photo.image_id])
    assert clients.anonymous.get(f"/s/{token}/{photo.image_id}").status_code == 404
    albums.delete(owner, album)
    assert is_gone(clients, token, photo.image_id)
    assert clients.owner.get("/links").status_code == 200


def test_an_erased_photo_takes_its_links_along(owner: Reader, photo: Image) -> None:
    links.share_image(owner, photo.image_id, ALL)
    erase(reread(photo))
    assert list(Term.query(f"{owner.id}|{links.TERM}")) == []


def test_addresses_die_with_the_link(
    clients: Cast, owner: Reader, photo: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    share, token = links.share_image(owner, photo.image_id, ALL)
    now = share.expires_at - 20
    monkeypatch.setattr(links.time, "time", lambda: now)
    lives = [int(found) for found in re.findall(r"X-Amz-Expires=(\d+)", text(clients.anonymous.get(f"/s/{token}")))]
    assert lives
    assert max(lives) <= 20 < conf.signed_url_seconds


def test_there_are_only_so_many_links(owner: Reader, photo: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MAX_LINKS", 2)
    first, _ = links.share_image(owner, photo.image_id, ALL)
    links.share_image(owner, photo.image_id, ALL)
    with pytest.raises(ConflictError, match="Revoke one"):
        links.share_image(owner, photo.image_id, ALL)
    links.revoke(owner, first.share_id)
    links.share_image(owner, photo.image_id, ALL)


def test_the_token_is_nowhere_in_the_database(owner: Reader, photo: Image) -> None:
    share, token = links.share_image(owner, photo.image_id, ALL)
    stored = links.Share.get(share.pk)
    assert token not in str(stored.to_dynamodb_dict())
    assert len(token) * 6 >= 128


def test_the_links_to_an_album_end_with_it(clients: Cast, owner: Reader, photo: Image, album: str) -> None:
    _, token = links.share_album(owner, album, ALL)
    use_cases.delete_album(owner, album)
    assert is_gone(clients, token, photo.image_id)
    assert links.listed(owner) == []
