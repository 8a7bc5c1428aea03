"""What is forgotten is gone from every store, whatever interrupts the job; what is not asked for stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from media_pipeline.access.keyed_hash import keyed_hash
from media_pipeline.access.readers import Reader
from media_pipeline.intake import uploading
from media_pipeline.intake.uploading import Announcement
from media_pipeline.record.faces import read
from media_pipeline.record.models import Image, original_key
from media_pipeline.review import acts
from media_pipeline.review.acts import Flag, FlagKind
from media_pipeline.storage import buckets
from moderation.models import AuditLine, Erasure, Face, Person, ReviewCase
from moderation.roles import Moderator
from moderation.services.privacy import consents, jobs
from moderation.services.privacy.steps import needles_of
from tests.moderation.people.forgetting import SEVERAL, ann_and_ben, scan, words_of
from tests.support import hooks
from tests.support.aws import as_administrator
from tests.support.painted_faces import ANN, consented, face, new_owner, person, photo
from tests.support.pictures import make_jpeg
from tests.support.pipeline import go_on, process_object, project, run_job
from tests.support.tasks import work
from tests.support.uploads import reread, stored

pytestmark = pytest.mark.usefixtures("empty_stores", "recognition")
Kind = Erasure.Kind


class KilledError(Exception):
    """The function was killed."""


@contextmanager
def killed_after(calls: int) -> Iterator[None]:
    """Everything ends at that call to AWS."""
    left = [calls]

    def count(**_: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KilledError

    with hooks.registered(("s3", "dynamodb", "rekognition"), "before-call.{}", count):
        yield


def test_a_forgotten_person_leaves_nothing_and_the_others_stay() -> None:
    owner, records, ann = ann_and_ben()
    needles = needles_of(Kind.PERSON, ann.pk) | words_of(ann.name)
    assert len(needles) > SEVERAL
    assert {trace.store for trace in scan(needles)} == {"dynamodb", "rekognition", "sql"}
    planned = jobs.plan(Kind.PERSON, ann.pk)
    jobs.forget_person(owner, ann.pk)
    work()
    assert scan(needles) == []
    done = Erasure.objects.get(subject_hash=keyed_hash(ann.pk))
    assert done.finished_at is not None
    assert (done.subject, done.details) == ("", {})
    assert done.removed["vectors"] == planned["vectors"] == SEVERAL
    assert [face(record).state for record in records] == [Face.State.HIDDEN] * SEVERAL
    assert face(records[0], 2).person == person("Ben", owner)
    assert [each.name for each in read(reread(records[0]).faces)] == ["", "Ben"]


@pytest.mark.parametrize("after", range(0, 60, 7))
def test_forgetting_a_person_killed_anywhere_leaves_nothing(after: int) -> None:
    """Once it was taken up again."""
    owner, _, ann = ann_and_ben()
    needles = needles_of(Kind.PERSON, ann.pk) | words_of(ann.name)
    erasure = jobs.start(Kind.PERSON, ann.pk, by=owner.id)
    allowed = after
    while True:
        erasure = Erasure.objects.get(pk=erasure.pk)
        try:
            with killed_after(allowed):
                go_on(erasure)
            break
        except KilledError:
            allowed += 5
    work()
    assert scan(needles) == []


@pytest.mark.parametrize("kind", list(Kind))
def test_a_job_killed_between_two_steps_is_taken_up_where_it_was(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, records, ann = ann_and_ben()
    subject = {Kind.PERSON: ann.pk, Kind.IMAGE: records[0].image_id}.get(Kind(kind), owner.id)
    needles = needles_of(kind, subject)
    erasure = jobs.start(kind, subject, by="command", send=False)
    steps = [name for name, _ in jobs.STEPS[kind]]
    for number in range(len(steps)):
        stopped = [(name, step if at <= number else _kill) for at, (name, step) in enumerate(jobs.STEPS[kind])]
        with monkeypatch.context() as patched:
            patched.setattr(jobs, "STEPS", {kind: tuple(stopped)})
            if number + 1 < len(steps):
                with pytest.raises(KilledError):
                    go_on(Erasure.objects.get(pk=erasure.pk))
            else:
                assert go_on(Erasure.objects.get(pk=erasure.pk))
        assert Erasure.objects.get(pk=erasure.pk).steps_done == steps[: number + 1]
    assert scan(needles) == []


def _kill(erasure: Erasure, deadline: float) -> bool:
    raise KilledError


def test_revoking_a_consent_deletes_all_but_the_photos(recognition: Any) -> None:
    """Vectors, people and names."""
    owner, records, ann = ann_and_ben()
    needles = needles_of(Kind.CONSENT, owner.id) | words_of(ann.name)
    consents.revoke(owner, owner.id)
    work()
    assert recognition.list_collections()["CollectionIds"] == []
    assert scan(needles) == []
    assert all(reread(record).face_collection is None for record in records)
    assert len(read(reread(records[0]).faces)) == 2
    state = consents.state(owner, owner.id)
    assert not state.is_given
    assert [entry.is_given for entry in state.history] == [False, True]
    assert ann.pk not in Person.objects.values_list("pk", flat=True)


def test_a_consent_given_again_measures_anew(recognition: Any) -> None:
    """The job of the revocation leaves that alone."""
    owner, records, _ = ann_and_ben()
    consents.revoke(owner, owner.id)
    consents.give(owner, owner.id)
    work()
    (collection,) = recognition.list_collections()["CollectionIds"]
    assert {reread(record).face_collection for record in records} == {collection}
    assert all(each.vector for record in records for each in read(reread(record).faces))


def test_an_image_leaves_nothing_and_is_never_adopted_again(people: Any) -> None:
    owner = consented()
    record, version = _uploaded(owner)
    acts.flag(reread(record), [Flag(FlagKind.REPORT, "x", 99.0)])
    project(reread(record))
    assert AuditLine.objects.filter(image_id=record.image_id).exists()
    needles = needles_of(Kind.IMAGE, record.image_id)
    officer: Moderator = people("privacy officer")
    assert jobs.plan_for(officer, Kind.IMAGE, record.image_id)["images"] == 1
    jobs.forget_image(officer, record.image_id)
    work()
    assert scan(needles) == []
    assert not ReviewCase.objects.filter(pk=record.image_id).exists()
    again = stored(make_jpeg(seed=6), original_key(record.image_id))
    process_object(again)
    with as_administrator():
        assert buckets.original_versions(original_key(record.image_id)) == []
    assert version.version_id != again.version_id


def test_an_event_that_is_read_late_brings_nothing_back(stream: Any) -> None:
    owner = new_owner()
    record = photo(owner, ANN)
    stream.pump()
    acts.flag(reread(record), [Flag(FlagKind.REPORT, "x", 99.0)])
    run_job(Kind.IMAGE, record.image_id)
    stream.pump()
    assert not ReviewCase.objects.filter(pk=record.image_id).exists()
    assert not AuditLine.objects.filter(image_id=record.image_id).exists()


def _uploaded(owner: Reader) -> tuple[Image, Any]:
    announced = Announcement("a.jpg", "image/jpeg", 1000)
    record, _ = uploading.start_upload(owner, announced)
    version = stored(make_jpeg(seed=5), original_key(record.image_id))
    process_object(version)
    return reread(record), version


def test_what_is_held_as_evidence_is_kept_and_said_so() -> None:
    owner = new_owner()
    record = photo(owner, ANN)
    acts.hold(acts.flag(record, [Flag(FlagKind.REPORT, "x", 99.0)]), because="seen", by="mod")
    erasure = run_job(Kind.IMAGE, record.image_id)
    assert erasure.removed == {"images held as evidence": 1}
    assert Image.load(record.image_id) is not None
