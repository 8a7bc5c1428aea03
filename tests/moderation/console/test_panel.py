"""What stands beside the image on the review page, as HTML that the page takes as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from media_pipeline.record.models import Image
from media_pipeline.review import acts
from media_pipeline.review.verdicts import Outcome, Verdict
from moderation.console import panel
from moderation.models import ReviewCase
from moderation.services.cases import bundles
from tests.support.cases import WEAPONS
from tests.support.moderators import People
from tests.support.pipeline import project
from tests.support.uploads import reread

Make = Callable[..., Image]
HOSTILE = "<img src=x onerror=alert(1)>"


def shown(people: People, record: Image) -> str:
    case = ReviewCase.objects.get(pk=record.image_id)
    return panel.panel(bundles.bundles(people("appeals"), [case])[0], None)


def test_what_strangers_wrote_is_text(waiting: Make, people: People) -> None:
    record = waiting(owner=people.user(name=HOSTILE).pk, labels=((HOSTILE, "", 1, 99.0), *WEAPONS))
    acts.decide(record, Verdict(Outcome.REMOVE, "violence", reason=HOSTILE, batch="b"), by="mod")
    project(acts.appeal(record, HOSTILE, by=record.owner))
    body = shown(people, reread(record))
    assert "The owner says" in body
    assert body.count("&lt;img src=x onerror=alert(1)&gt;") >= 4
    assert "<img" not in body


def test_a_label_says_in_words_what_its_bar_shows(waiting: Make, people: People) -> None:
    body = shown(
        people, waiting(labels=(("Violence", "", 1, 91.0), ("Weapons", "Violence", 2, 91.0), ("Alcohol", "", 1, 41.2)))
    )
    assert 'd="M0 8h41.2"' in body
    assert "41.2<span" in body
    assert " percent, below the threshold of 80" in body
    assert " percent, above the threshold of 80" in body


def test_the_clock_is_drawn_in_the_panel(waiting: Make, people: People) -> None:
    """As a drawing, and not as the text of one."""
    body = shown(people, waiting())
    assert "<svg" in body
    assert "&lt;" not in body


@pytest.mark.parametrize(
    ("left", "words"),
    [(7200, "2 h 0 min left"), (60, "1 min left"), (-60, "1 min over"), (-200_000, "2 days over")],
)
def test_the_clock_says_how_long_until_it_is_due(left: int, words: str) -> None:
    assert words in panel.clock(left, 14_400)


@pytest.mark.parametrize(("left", "tone"), [(14_000, "sla "), (3000, "sla soon"), (-1, "sla over")])
def test_the_clock_warns_before_it_is_late(left: int, tone: str) -> None:
    assert f'class="{tone}"' in panel.clock(left, 14_400)
