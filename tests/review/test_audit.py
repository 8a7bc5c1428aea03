"""The audit chain on the record."""

from __future__ import annotations

import dataclasses

import pytest

from media_pipeline.review import acts, audit
from media_pipeline.review.acts import FlagKind
from tests.support.pictures import new_jpeg
from tests.support.rekognition_stub import RekognitionStub
from tests.support.uploads import processed


@pytest.mark.usefixtures("fresh_policy")
def test_a_changed_audit_entry_breaks_the_chain(rekognition: RekognitionStub) -> None:
    rekognition.finds_labels(("Explicit Nudity", "Explicit", 2, 91.5))
    record = processed(new_jpeg())
    acts.flag(record, [acts.Flag(FlagKind.REPORT, "not nice")], by="user-1")
    assert len(audit.trail(record)) == 2
    assert audit.is_intact(record)
    forged = dataclasses.replace(audit.trail(record)[0], by="somebody else")
    record.audit = [forged.encoded(), record.audit[1]]
    assert not audit.is_intact(record)
    record.audit = record.audit[1:]
    assert not audit.is_intact(record)
