"""An owner objects to a decision from the photo's page, in a real Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.browser import IN_BROWSER, expect
from tests.support.uploads import reread

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from media_pipeline.record.models import Image

pytestmark = IN_BROWSER


def test_an_appeal_is_sent_and_the_page_says_so(photo: Image, visitor: Page, live_server: Any) -> None:
    from media_pipeline.review import acts
    from media_pipeline.review.acts import Flag, FlagKind
    from media_pipeline.review.verdicts import Outcome, Verdict, review_of

    flagged = acts.flag(reread(photo), [Flag(FlagKind.LABEL, "Explicit", 97.0)])
    acts.decide(flagged, Verdict(Outcome.REMOVE), by="mod")
    page = visitor
    page.goto(f"{live_server.url}/photos/{photo.image_id}")
    page.get_by_label("Is the decision wrong?").fill("It is <b>a statue</b>.")
    page.get_by_role("button", name="Appeal").click()
    expect(page.get_by_text("You appealed. Somebody who had no part in the decision will look at it.")).to_be_visible()
    appeal = review_of(reread(photo)).appeal
    assert appeal
    assert appeal.details["words"] == "It is <b>a statue</b>."
