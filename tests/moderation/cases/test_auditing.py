"""The audit: exported, checked, and a changed row is found."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from media_pipeline.errors import NotAllowedError
from media_pipeline.record.models import Image
from media_pipeline.review.verdicts import Outcome
from moderation.models import AuditLine, User
from moderation.services.cases import auditing, decisions
from tests.support.moderators import People
from tests.support.uploads import reread

Make = Callable[..., Image]


@pytest.fixture
def decided(waiting: Make, people: People) -> Image:
    record = waiting()
    decisions.decide(
        people("moderator"), [record.image_id], Outcome.REMOVE, policy_code="spam", reason="=1+1", batch="b"
    )
    return reread(record)


def verify() -> str:
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


def test_what_was_written_verifies(decided: Image) -> None:
    assert "2 entries of 1 images are as they were written." in verify()


@pytest.mark.parametrize("change", [{"by": "somebody"}, {"what": "upheld"}, {"details": {}}, {"hash": "0" * 64}])
def test_a_changed_row_is_found(decided: Image, change: dict[str, object]) -> None:
    AuditLine.objects.filter(image_id=decided.image_id, what="decided").update(**change)
    with pytest.raises(CommandError, match="1 images"):
        verify()


def test_a_removed_row_is_found(decided: Image) -> None:
    AuditLine.objects.filter(image_id=decided.image_id, what="flagged").delete()
    with pytest.raises(CommandError):
        verify()


def test_a_changed_record_is_found(decided: Image) -> None:
    forged = [entry.replace("spam", "hate") for entry in decided.audit or ()]
    decided.change([Image.audit.set(forged)], Image.image_id.exists())
    with pytest.raises(CommandError):
        verify()


def test_the_lines_of_an_erased_image_still_prove_themselves(decided: Image) -> None:
    Image(decided.image_id).delete()
    verify()
    AuditLine.objects.filter(image_id=decided.image_id, what="decided").update(by="somebody")
    with pytest.raises(CommandError):
        verify()


def test_erasing_a_person_does_not_break_the_chain(decided: Image, people: People) -> None:
    User.objects.filter(username="moderator").delete()
    verify()


def test_the_export_names_people_and_runs_no_formula(decided: Image, people: People) -> None:
    client = Client()
    client.force_login(people.user("lead"))
    ids = list(AuditLine.objects.values_list("pk", flat=True))
    answer = client.post("/admin/moderation/auditline/", {"action": "export", "_selected_action": ids})
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert [(row["what"], row["name"]) for row in rows] == [("flagged", ""), ("decided", "moderator")]
    assert all(not value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


def test_only_those_who_may_export_it(decided: Image, people: People) -> None:
    with pytest.raises(NotAllowedError):
        auditing.csv_lines(people("privacy officer"), AuditLine.objects.all())
