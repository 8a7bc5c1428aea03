"""What the schedule and later tasks look after: lost jobs, old acts, vectors that take their time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from config.local_aws.rekognition.users import Users
from moderation.models import Erasure, Face, FaceAct, Person
from moderation.services.people import acts as face_acts
from moderation.services.people import naming, people, person_vectors
from moderation.services.privacy import jobs
from tests.support.painted_faces import ANN, consented, face, new_owner, person, photo
from tests.support.tasks import waiting_tasks, work

pytestmark = pytest.mark.usefixtures("recognition")


def test_a_job_that_lost_its_task_is_sent_again_once() -> None:
    owner = new_owner()
    photo(owner, ANN)
    erasure = jobs.start(Erasure.Kind.ACCOUNT, owner.id, by=owner.id, send=False)
    assert jobs.resume_lost() == 0
    long_ago = timezone.now() - dt.timedelta(hours=1)
    Erasure.objects.filter(pk=erasure.pk).update(worked_at=long_ago)
    assert jobs.resume_lost() == 1
    assert jobs.resume_lost() == 0
    assert waiting_tasks() == [{"kind": "forget", "erasure": erasure.pk}]


def test_an_act_can_be_undone_for_a_month() -> None:
    """A merged person is gone after it."""
    owner = new_owner()
    one, other = (people.create(owner, owner.id, name) for name in ("Ann", "Anne"))
    act = people.merge(owner, other.pk, one.pk)
    assert face_acts.trim() == 0
    FaceAct.objects.update(at=timezone.now() - dt.timedelta(days=FaceAct.DAYS + 1))
    assert face_acts.trim() == 1
    assert list(Person.objects.filter(library=owner.id)) == [one]
    assert not FaceAct.objects.filter(pk=act.pk).exists()


def test_a_vector_is_shown_as_updating_until_it_has_settled(recognition: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = consented()
    record = photo(owner, ANN)
    work()
    naming.name(owner, face(record).pk, name="Ann")
    with monkeypatch.context() as settling:
        settling.setattr(Users, "status", lambda *_: "UPDATING")
        person_vectors.follow({"person_id": person("Ann", owner).pk})
        person_vectors.check_updates({"library": owner.id})
    assert person("Ann", owner).vector_state == Person.VectorState.UPDATING
    person_vectors.check_updates({"library": owner.id})
    assert person("Ann", owner).vector_state == Person.VectorState.READY
    assert Face.objects.get(pk=face(record).pk).associated_to == person("Ann", owner).pk
