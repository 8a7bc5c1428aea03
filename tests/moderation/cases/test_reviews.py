"""The review on the record: what is written, and what is refused whatever anybody's role is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from media_pipeline.errors import ConflictError, NotAllowedError
from media_pipeline.record.models import Image, ReviewState, Status
from media_pipeline.review import acts, audit, verdicts
from media_pipeline.review.acts import AlreadyDecidedError, Flag, FlagKind
from media_pipeline.review.verdicts import Outcome, Step, Verdict
from tests.support.pipeline import erase
from tests.support.uploads import reread

REMOVE = Verdict(Outcome.REMOVE, "violence", 1, "Shows a weapon.", batch="b1")
ALLOW = Verdict(Outcome.ALLOW, batch="b2")
Make = Callable[..., Image]


def test_a_removal_ends_the_review_and_the_delivery_in_one_write(waiting: Make) -> None:
    record = waiting()
    revision = record.revision
    acts.decide(record, REMOVE, by="mod")
    stored = reread(record)
    assert (stored.status, stored.in_review) == (Status.REJECTED, None)
    assert stored.revision == revision + 1
    assert [entry.what for entry in audit.trail(stored)] == ["flagged", "decided"]
    assert audit.is_intact(stored)


def test_of_eight_who_decide_at_once_exactly_one_wins(waiting: Make) -> None:
    """The others are told who."""
    record = waiting()
    people = [f"mod-{number}" for number in range(8)]

    def decide(person: str) -> str | None:
        mine = reread(record)
        try:
            acts.decide(mine, Verdict(Outcome.REMOVE, "violence", reason=person, batch=person), by=person)
        except AlreadyDecidedError as error:
            return error.by
        return None

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(decide, people))
    winner = people[told.index(None)]
    assert told.count(None) == 1
    assert {name for name in told if name} == {winner}
    assert [entry.by for entry in audit.trail(reread(record)) if entry.what == "decided"] == [winner]


def test_submitting_twice_decides_once(waiting: Make) -> None:
    record = waiting()
    for _ in range(2):
        acts.decide(reread(record), REMOVE, by="mod")
    assert [entry.what for entry in audit.trail(reread(record))] == ["flagged", "decided"]


def test_nobody_decides_their_own_upload(waiting: Make) -> None:
    record = waiting(owner="mod")
    with pytest.raises(NotAllowedError, match="your own upload"):
        acts.decide(record, ALLOW, by="mod")


def test_the_first_of_two_reviews_is_sealed(waiting: Make) -> None:
    """Only somebody else gives the second."""
    record = acts.decide(waiting(), REMOVE, by="one", second=True)
    assert record.status is Status.IN_REVIEW
    with pytest.raises(ConflictError, match="first review"):
        acts.decide(record, ALLOW, by="one")
    acts.decide(record, Verdict(Outcome.REMOVE, "violence", batch="other"), by="two")
    assert reread(record).status is Status.REJECTED


def test_two_reviewers_who_differ_escalate(waiting: Make) -> None:
    record = acts.decide(waiting(), REMOVE, by="one", second=True)
    acts.decide(record, ALLOW, by="two")
    assert verdicts.review_of(record).step is Step.ESCALATED
    acts.decide(record, ALLOW, by="three")
    assert reread(record).review == ReviewState.ALLOWED


def test_undo_brings_back_what_was_and_leaves_both_entries(waiting: Make) -> None:
    record = acts.decide(waiting(), REMOVE, by="mod")
    acts.undo(record, batch="b1", by="mod")
    stored = reread(record)
    assert (stored.status, stored.in_review) == (Status.IN_REVIEW, "moderation")
    assert [entry.what for entry in audit.trail(stored)] == ["flagged", "decided", "undone"]
    acts.undo(stored, batch="b1", by="mod")  # pressed twice
    assert len(audit.trail(reread(record))) == 3


def test_undoing_the_second_review_waits_for_the_second_again(waiting: Make) -> None:
    record = acts.decide(waiting(), REMOVE, by="one", second=True)
    acts.decide(record, REMOVE, by="two")
    acts.undo(record, batch="b1", by="two")
    assert verdicts.review_of(record).step is Step.SECOND


@pytest.mark.parametrize("who", ["somebody else", "mod"])
def test_only_ones_own_last_act_can_be_undone(waiting: Make, who: str) -> None:
    record = acts.decide(waiting(), REMOVE, by="mod")
    if who == "mod":
        acts.appeal(record, "It is a toy.", by="alice")
    with pytest.raises(ConflictError, match="cannot be undone"):
        acts.undo(record, batch="b1", by=who)


def test_a_decided_image_stays_decided_whatever_is_reported(waiting: Make) -> None:
    record = acts.decide(waiting(), ALLOW, by="mod")
    acts.report(record, "I do not like it", by="bob")
    stored = reread(record)
    assert stored.status is Status.READY
    assert acts.flags_of(stored)[-1] == Flag(FlagKind.REPORT, "I do not like it", by="bob")


def test_no_crowd_of_reporters_fills_the_record(waiting: Make) -> None:
    """DynamoDB's items end at 400 KB: beyond, nobody could decide on the image any more."""
    record = waiting()
    for number in range(acts.MAX_REPORTS + 2):
        record = acts.report(record, "\U0001f600" * 2000, by=f"reporter {number}")
    assert [flag.kind for flag in acts.flags_of(reread(record))].count(FlagKind.REPORT) == acts.MAX_REPORTS
    assert sum(len(entry.encode()) for entry in reread(record).audit) < 9_000 * acts.MAX_REPORTS
    assert acts.decide(reread(record), REMOVE, by="mod").status is Status.REJECTED
    assert audit.is_intact(reread(record))


def test_a_person_reports_an_image_once(waiting: Make) -> None:
    record = waiting()
    for words in ("bad", "very bad"):
        acts.report(reread(record), words, by="bob")
    assert sum(flag.kind is FlagKind.REPORT for flag in acts.flags_of(reread(record))) == 1


class TestAppeals:
    def test_an_overturned_decision_restores_delivery(self, waiting: Make) -> None:
        record = acts.decide(waiting(), REMOVE, by="mod")
        acts.appeal(record, "It is a toy.", by="alice")
        assert (record.status, record.in_review) == (Status.REJECTED, "moderation")
        acts.answer_appeal(record, overturn=True, reason="A toy indeed.", by="judge")
        assert reread(record).status is Status.READY

    def test_an_upheld_decision_stands(self, waiting: Make) -> None:
        record = acts.decide(waiting(), REMOVE, by="mod")
        acts.appeal(record, "It is a toy.", by="alice")
        acts.answer_appeal(record, overturn=False, reason="No toy.", by="judge")
        assert (record.status, record.in_review) == (Status.REJECTED, None)

    def test_whoever_decided_does_not_answer(self, waiting: Make) -> None:
        record = acts.decide(waiting(), REMOVE, by="mod")
        acts.appeal(record, "It is a toy.", by="alice")
        with pytest.raises(NotAllowedError, match="took part"):
            acts.answer_appeal(record, overturn=True, reason="", by="mod")

    def test_there_is_one_appeal_a_decision(self, waiting: Make) -> None:
        record = acts.decide(waiting(), REMOVE, by="mod")
        acts.appeal(record, "It is a toy.", by="alice")
        acts.answer_appeal(record, overturn=False, reason="No toy.", by="judge")
        with pytest.raises(ConflictError, match="already"):
            acts.appeal(record, "Look again.", by="alice")

    def test_what_was_allowed_cannot_be_appealed(self, waiting: Make) -> None:
        record = acts.decide(waiting(), ALLOW, by="mod")
        with pytest.raises(ConflictError, match="no decision against"):
            acts.appeal(record, "Why?", by="alice")


class TestChildSafety:
    def test_an_image_of_such_a_list_is_held_though_allowed_before(self, waiting: Make) -> None:
        record = acts.decide(waiting(), ALLOW, by="mod")
        acts.flag(record, [Flag(FlagKind.KNOWN_HASH, "child-safety-2026")])
        stored = reread(record)
        assert (stored.review, stored.in_review) == (ReviewState.CHILD_SAFETY, "child-safety")

    def test_an_appeal_is_taken_like_any_other_and_waits_in_no_queue(self, waiting: Make) -> None:
        record = acts.decide(waiting(), REMOVE, by="mod")
        held = acts.hold(record, because="seen", by="mod")
        appealed = reread(acts.appeal(held, "It is a toy.", by="alice"))
        assert (appealed.review, appealed.in_review) == (ReviewState.CHILD_SAFETY, "child-safety")
        with pytest.raises(ConflictError, match="already"):
            acts.appeal(appealed, "Look again.", by="alice")

    def test_it_is_never_erased(self, waiting: Make) -> None:
        record = acts.hold(waiting(), because="seen", by="mod")
        erase(record)
        assert Image.load(record.image_id) is not None

    def test_no_decision_touches_it(self, waiting: Make) -> None:
        record = acts.hold(waiting(), because="seen", by="mod")
        with pytest.raises(ConflictError):
            acts.decide(record, ALLOW, by="other")


def test_a_changed_entry_breaks_the_chain(waiting: Make) -> None:
    record = acts.decide(waiting(), REMOVE, by="mod")
    record.audit = [entry.replace("violence", "spam") for entry in record.audit or ()]
    assert not audit.is_intact(record)
