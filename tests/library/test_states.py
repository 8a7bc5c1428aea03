from __future__ import annotations

import datetime as dt

import pytest
from ulid import ULID

from media_pipeline.conf import conf
from media_pipeline.library.photos import timeline
from media_pipeline.library.states import Action, stage_states, state_of
from media_pipeline.pipeline.order import STAGES
from media_pipeline.record.models import FAILED, Image, ReviewState, new_image_id
from media_pipeline.record.stages import EXPECTED


def image(**attributes: object) -> Image:
    given = {"image_id": new_image_id(), "version_id": "1", **attributes}
    return Image(owner="alice", library="alice", filename="a.jpg", content_type="image/jpeg", bytes=1, **given)


def test_every_stage_has_a_name_for_people_in_the_order_they_run() -> None:
    assert [stage.name for stage in STAGES] == list(EXPECTED)


def test_an_upload_whose_form_ran_out_can_only_be_removed() -> None:
    early = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=conf.upload_expires_seconds + 60)
    late = image(image_id=str(ULID.from_datetime(early)), version_id=None)
    assert (state_of(late).word, state_of(late).action, state_of(late).changing) == (
        "Not uploaded",
        Action.TRASH,
        False,
    )


def test_a_running_upload_is_looked_at_again() -> None:
    assert state_of(image(version_id=None)).changing
    assert state_of(image(unfinished="3")).changing
    assert not state_of(image()).changing


def test_trying_again_is_offered_when_the_pipeline_gave_up() -> None:
    """Not when the file is at fault."""
    broken = image(failure="This file ends in the middle.", unfinished=FAILED, attempts=1)
    tired = image(failure="Gave up after 12 attempts.", unfinished=FAILED, attempts=conf.max_attempts)
    assert state_of(broken).action is Action.TRASH
    assert state_of(broken).reason == "This file ends in the middle."
    assert state_of(tired).action is Action.RETRY


@pytest.mark.parametrize(
    ("attributes", "word"),
    [
        ({}, "Ready"),
        ({"review": ReviewState.OPEN}, "In review"),
        ({"review": ReviewState.REJECTED}, "Rejected"),
        ({"review": ReviewState.CHILD_SAFETY}, "Rejected"),
        ({"deleted_at": "2026-11-01T00:00:00+00:00"}, "In the Trash"),
    ],
)
def test_what_the_review_and_the_owner_did_has_a_word(attributes: dict[str, str], word: str) -> None:
    assert state_of(image(**attributes)).word == word


def test_a_stage_that_has_not_run_waits() -> None:
    states = stage_states(image(stages={"thumbnails": {"state": "done", "ms": 120}}))
    assert [stage.state for stage in states] == ["done"] + ["waiting"] * (len(EXPECTED) - 1)


def test_a_stage_new_to_the_page_is_shown_by_its_own_name() -> None:
    states = stage_states(image(stages={"colour_grading": {"state": "done", "ms": 1}}))
    assert states[-1].name == "Colour grading"


LEDGER = {
    "thumbnails": {"state": "done", "ms": 200},
    "optimize": {"state": "done", "ms": 600},
    "metadata": {"state": "failed", "ms": 100, "error": "No."},
}


def test_no_timeline_before_anything_ran() -> None:
    assert timeline(image()) == ([], 0)


def test_the_stages_after_the_first_run_side_by_side() -> None:
    bars, end = timeline(image(stages=LEDGER, width=4000, height=3000))
    assert end == 800
    assert [(bar.start, bar.width) for bar in bars] == [(0, 25), (25, 75), (25, 12.5)]
    assert [bar.stage.name for bar in bars if bar.is_longest] == ["Optimise"]
    assert bars[-1].stage.error == "No."


def test_the_stages_of_a_large_image_run_one_by_one() -> None:
    bars, end = timeline(image(stages=LEDGER, width=8000, height=6000))
    assert end == 900
    assert [round(bar.start, 1) for bar in bars] == [0, 22.2, 88.9]
