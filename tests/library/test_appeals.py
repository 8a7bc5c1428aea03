"""When the page of a photo lets its owner object to a decision."""

from __future__ import annotations

from html import unescape

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.images import use_cases
from media_pipeline.record.models import Image, ReviewState
from media_pipeline.review import acts
from media_pipeline.review.acts import Flag, FlagKind
from media_pipeline.review.verdicts import Outcome, Verdict
from tests.support.people import Cast
from tests.support.uploads import reread

pytestmark = [pytest.mark.usefixtures("aws"), pytest.mark.django_db]
FORM = 'class="appeal" action="/api/v1/images/'


def decided(record: Image, outcome: Outcome) -> Image:
    flagged = acts.flag(reread(record), [Flag(FlagKind.LABEL, "Explicit", 97.0)])
    return acts.decide(flagged, Verdict(outcome), by="mod")


def page(client: object, record: Image) -> str:
    return unescape(client.get(f"/photos/{record.image_id}").content.decode())  # type: ignore[attr-defined]


def test_what_nobody_decided_against_cannot_be_appealed(clients: Cast, photo: Image) -> None:
    assert FORM not in page(clients.owner, photo)
    decided(photo, Outcome.ALLOW)
    assert FORM not in page(clients.owner, photo)


@pytest.mark.parametrize("outcome", [Outcome.REMOVE, Outcome.RESTRICT])
def test_an_owner_appeals_once_and_is_told_how_it_stands(clients: Cast, photo: Image, outcome: Outcome) -> None:
    rejected = decided(photo, outcome)
    assert FORM in page(clients.owner, photo)
    assert FORM not in page(clients.moderator, photo)
    appealed = acts.appeal(rejected, "It is a statue.", by=photo.owner)
    shown = page(clients.owner, photo)
    assert "You appealed. Somebody who had no part in the decision will look at it." in shown
    assert FORM not in shown
    acts.answer_appeal(appealed, overturn=False, reason="no", by="other")
    assert "You appealed, and the decision stands." in page(clients.owner, photo)


def test_child_safety_looks_like_any_other_rejection(clients: Cast, photo: Image) -> None:
    acts.hold(acts.flag(reread(photo), [Flag(FlagKind.LABEL, "x", 99.0)]), because="seen", by="mod")
    assert FORM in page(clients.owner, photo)
    appealed = acts.appeal(reread(photo), "It is a statue.", by=photo.owner)
    assert appealed.review == ReviewState.CHILD_SAFETY
    assert "You appealed. Somebody who had no part in the decision will look at it." in page(clients.owner, photo)


def test_in_the_trash_there_is_nothing_to_appeal(clients: Cast, photo: Image) -> None:
    decided(photo, Outcome.REMOVE)
    use_cases.delete(Reader(photo.owner), photo.image_id)
    assert FORM not in page(clients.owner, photo)
