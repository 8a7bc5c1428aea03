"""The audit chain on the record."""

from __future__ import annotations

import dataclasses

import pytest

from media_pipeline import audit, reviews
from media_pipeline.reviews import FlagKind
from tests.pictures import new_jpeg
from tests.rekognition_stub import RekognitionStub
from tests.uploads import processed


@pytest.mark.usefixtures("fresh_policy")
def test_a_changed_audit_entry_breaks_the_chain(rekognition: RekognitionStub) -> None:
    rekognition.finds_labels(("Explicit Nudity", "Explicit", 2, 91.5))
    record = processed(new_jpeg())
    reviews.flag(record, [reviews.Flag(FlagKind.REPORT, "not nice")], by="user-1")
    assert len(audit.trail(record)) == 2
    assert audit.is_intact(record)
    forged = dataclasses.replace(audit.trail(record)[0], by="somebody else")
    record.audit = [forged.encoded(), record.audit[1]]
    assert not audit.is_intact(record)
    record.audit = record.audit[1:]
    assert not audit.is_intact(record)
