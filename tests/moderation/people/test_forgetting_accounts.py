"""Whole accounts forgotten, the command, and who may ask for it."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken

from media_pipeline.access import api_keys
from media_pipeline.access.api_keys import Scope
from media_pipeline.access.readers import Reader
from media_pipeline.albums import albums, links
from media_pipeline.errors import NotAllowedError, NotFoundError
from media_pipeline.images import use_cases
from media_pipeline.record.models import Image, new_image_id
from media_pipeline.search import terms
from media_pipeline.search.query import SearchQuery
from moderation.models import Erasure, FaceAct, User
from moderation.services.people import acts as face_acts
from moderation.services.people import naming, people
from moderation.services.privacy import consents, jobs
from moderation.services.privacy.steps import needles_of
from tests.moderation.people.forgetting import ann_and_ben, finish, scan, unheard_of, words_of
from tests.support.painted_faces import ANN, BEN, consented, face, new_owner, photo
from tests.support.pipeline import run_command
from tests.support.tasks import work
from tests.support.uploads import reread

pytestmark = pytest.mark.usefixtures("empty_stores", "recognition")
Kind = Erasure.Kind


def test_an_account_is_erased_with_all_that_is_its(people: Any) -> None:
    user = User.objects.create_user("quentin", "quentin.unique@example.com", "darkroom")
    owner = consented(Reader(user.pk))
    records = [photo(owner, ANN), photo(owner, BEN)]
    work()
    name = unheard_of()
    naming.name(owner, face(records[0]).pk, name=name)
    work()
    other = photo(new_owner(), ANN)
    album = albums.create(owner, "Holiday")
    albums.add(owner, album.album_id, [records[0].image_id])
    terms.write(owner.id, [albums.ALL], new_image_id())  # of an album whose deletion was interrupted
    links.share_image(owner, records[1].image_id, links.Terms())
    links.share_album(owner, album.album_id, links.Terms())
    api_keys.make(owner=owner.id, name="Phone", scopes=[Scope.READ], days=1, made_by="lead")
    client = Client()
    client.force_login(user)
    assert client.get("/api/v1/people").status_code == 200
    app = {"Authorization": f"Bearer {AccessToken.for_user(user)}"}
    assert Client().get("/api/v1/images", headers=app).status_code == 200
    needles = needles_of(Kind.ACCOUNT, user.pk) | words_of(name)
    out = StringIO()
    run_command("forget", account="quentin", dry_run=True, stdout=out)
    assert "2 images" in out.getvalue()
    assert User.objects.filter(pk=user.pk).exists()
    run_command("forget", account="quentin", stdout=StringIO())
    assert scan(needles) == []
    assert Image.load(other.image_id) is not None
    assert Client().get("/api/v1/images", headers=app).status_code == 401


def test_a_privacy_officer_who_revokes_a_consent_is_written_down(people: Any) -> None:
    owner, officer = consented(), people.user("privacy officer")
    client = Client()
    client.force_login(officer)
    assert client.post("/admin/privacy", {"kind": Kind.CONSENT, "subject": owner.id}).status_code == 302
    (latest, _) = consents.state(owner, owner.id).history
    assert (latest.is_given, latest.by) == (False, officer.pk)
    assert Erasure.objects.filter(kind=Kind.CONSENT, subject=owner.id).exists()


def test_the_command_says_what_is_left() -> None:
    owner, _, ann = ann_and_ben()
    assert FaceAct.objects.filter(library=owner.id).exists()
    with pytest.raises(CommandError, match="no person"):
        run_command("forget", person="nobody")
    run_command("forget", person=ann.pk, stdout=StringIO())
    assert scan({ann.pk}) == []


def test_who_may_have_something_forgotten(people: Any) -> None:
    owner, records, ann = ann_and_ben()
    stranger = Reader("somebody-else")
    asks: list[Callable[[Any], object]] = [
        lambda actor: jobs.forget_person(actor, ann.pk),
        lambda actor: jobs.forget_library(actor, owner.id),
        lambda actor: jobs.forget_image(actor, records[0].image_id),
        lambda actor: jobs.forget_account(actor, owner.id),
    ]
    for ask in asks:
        with pytest.raises(NotFoundError):
            ask(stranger)
        for role in ("face reviewer", "moderator", "lead"):
            with pytest.raises(NotAllowedError):
                ask(people(role))
    assert not Erasure.objects.exists()


def test_nothing_is_added_to_a_person_who_is_being_forgotten() -> None:
    owner, records, ann = ann_and_ben()
    jobs.start(Kind.PERSON, ann.pk, by=owner.id, send=False)
    assert [card.person.name for card in people_of(owner)] == ["Ben"]
    act = naming.name(owner, face(records[1], 2).pk, name=ann.name)
    assert person_named(act) != ann.pk


def people_of(owner: Reader) -> list[Any]:
    return people.cards(owner, owner.id)


def person_named(act: FaceAct) -> str:
    return str(act.details["after"]["person_id"])


def test_an_act_about_a_forgotten_person_cannot_be_undone() -> None:
    owner, records, ann = ann_and_ben()
    act = FaceAct.objects.filter(what="name").last()
    assert act is not None
    finish(jobs.start(Kind.PERSON, ann.pk, by=owner.id, send=False))
    with pytest.raises(NotFoundError):
        face_acts.undo(owner, act.pk)
    assert use_cases.search(owner, SearchQuery(q=ann.name), size=5).images == []
    assert terms.person_term(ann.pk) not in terms.all_terms(reread(records[0]))
