"""The owner's pages of people: naming, putting right, finding, agreeing and forgetting."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from media_pipeline.access.readers import Reader
from media_pipeline.record.models import Image
from moderation.models import Erasure, Face, Person
from moderation.services.people import naming
from moderation.services.privacy import consents
from tests.support.painted_faces import ANN, BEN, CAT, DAN, consented, face, painted, person, photo
from tests.support.people import Cast, signed_in
from tests.support.tasks import work

pytestmark = pytest.mark.usefixtures("recognition")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def clients(cast: Cast) -> Cast:
    return signed_in(cast, Client)


@pytest.fixture
def owner(cast: Cast) -> Reader:
    return consented(Reader(cast.owner.pk))


@pytest.fixture
def ann(owner: Reader) -> Person:
    """Known by one photo; another one has her and Ben."""
    photo(owner, ANN)
    photo(owner, ANN, BEN)
    work()
    first = Face.objects.filter(library=owner.id).earliest("pk")
    naming.name(owner, first.pk, name="Ann")
    work()
    return person("Ann", owner)


def text(answer: Any) -> str:
    """With one space where there are several: more mean nothing in HTML."""
    return re.sub(r"\s+", " ", answer.content.decode())


def selfie(*who: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.jpg", painted(*who)[0], content_type="image/jpeg")


def roads(ann: Person, image: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every page and change that names something of the owner's."""
    mine = Face.objects.filter(library=ann.library).latest("pk").pk
    return [
        ("GET", f"/people/of/{image}", {}),
        ("GET", f"/people/{ann.pk}", {}),
        ("POST", f"/people/faces/{mine}", {"do": "name", "name": "Mallory"}),
        ("POST", f"/people/faces/{mine}", {"do": "none"}),
        ("POST", f"/people/{ann.pk}/wrong", {"face": mine}),
        ("POST", f"/people/{ann.pk}/name", {"name": "Mallory"}),
        ("POST", f"/people/{ann.pk}/merge", {"into": ann.pk}),
        ("POST", f"/people/{ann.pk}/hide", {}),
        ("POST", f"/people/{ann.pk}/forget", {}),
    ]


def test_to_strangers_nobody_is_there(clients: Cast, ann: Person) -> None:
    image = Face.objects.filter(library=ann.library).latest("pk").image_id
    for method, path, sent in roads(ann, image):
        answer = clients.stranger.generic(method, path) if method == "GET" else clients.stranger.post(path, sent)
        assert answer.status_code == 404, path
        anonymous = clients.anonymous.generic(method, path) if method == "GET" else clients.anonymous.post(path, sent)
        assert anonymous.status_code == 302, path
    assert "Ann" not in text(clients.stranger.get("/people/"))
    ann.refresh_from_db()
    assert (ann.name, ann.is_hidden, ann.is_leaving) == ("Ann", False, False)


def test_a_face_is_named_on_its_photo_which_is_found_by_it(clients: Cast, owner: Reader) -> None:
    record = photo(owner, CAT)
    work()
    shown = text(clients.owner.get(f"/people/of/{record.image_id}", headers=HTMX))
    assert "Who is this?" in shown
    mine = f"{record.image_id}-1"
    named = clients.owner.post(f"/people/faces/{mine}", {"do": "name", "name": "  Cät  "}, headers=HTMX)
    assert 'value="Cät"' in text(named)
    cat = person("Cät", owner)
    found = text(clients.owner.get("/", {"person": cat.pk}))
    assert record.image_id in found
    assert "Remove Person: Cät" in found
    assert f'data-face="name-{mine}"' in text(clients.owner.get(f"/photos/{record.image_id}"))


def test_a_wrong_name_is_taken_off_and_not_suggested_again(clients: Cast, ann: Person) -> None:
    mine = Face.objects.filter(person=ann).latest("pk")
    clients.owner.post(f"/people/faces/{mine.pk}", {"do": "wrong"})
    mine.refresh_from_db()
    assert mine.person is None
    assert not mine.suggestions.filter(person=ann).exists()


def test_several_people_together_are_asked_for_by_their_boxes(clients: Cast, owner: Reader, ann: Person) -> None:
    both = Face.objects.filter(library=owner.id).latest("pk").image_id
    for number, name in enumerate(["Ann", "Ben"], start=1):
        naming.name(owner, f"{both}-{number}", name=name)
    work()
    page = text(clients.owner.get("/people/"))
    boxes = re.findall(r'name="person" value="(\w{26})"', page)
    assert set(boxes) == {ann.pk, person("Ben", owner).pk}
    found = text(clients.owner.get("/", {"person": boxes}))
    assert re.findall(r'id="tile-(\w{26})"', found) == [both]


def test_a_group_gets_one_name_but_for_whom_is_unchecked(clients: Cast, owner: Reader) -> None:
    records = [photo(owner, DAN) for _ in range(4)]
    work()
    cluster = face(records[0]).cluster
    page = text(clients.owner.get(f"/people/groups/{cluster}"))
    shown = re.findall(r'name="face" value="([^"]+)" checked', page)
    assert len(shown) == 4
    nameless = clients.owner.post(f"/people/groups/{cluster}", {"face": shown, "name": " "})
    assert nameless.status_code == 400
    assert 'role="alert"' in text(nameless)
    clients.owner.post(f"/people/groups/{cluster}", {"face": shown[:3], "name": "Dan"})
    assert set(Face.objects.filter(person=person("Dan", owner)).values_list("pk", flat=True)) == set(shown[:3])
    assert Face.objects.get(pk=shown[3]).person is None


def test_people_are_renamed_hidden_and_made_one(clients: Cast, owner: Reader, ann: Person) -> None:
    clients.owner.post(f"/people/{ann.pk}/name", {"name": "Anna"})
    work()
    assert "Anna" in text(clients.owner.get("/people/"))
    clients.owner.post(f"/people/{ann.pk}/hide", {})
    assert "Anna" not in text(clients.owner.get("/people/"))
    assert "Anna" in text(clients.owner.get("/people/?hidden"))
    clients.owner.post(f"/people/{ann.pk}/hide", {"show": ""})
    other = photo(owner, CAT)
    work()
    naming.name(owner, f"{other.image_id}-1", name="Cat")
    cat = person("Cat", owner)
    clients.owner.post(f"/people/{cat.pk}/merge", {"into": ann.pk})
    assert clients.owner.get(f"/people/{cat.pk}").headers["Location"].endswith(f"/people/{ann.pk}")
    themselves = clients.owner.post(f"/people/{ann.pk}/merge", {"into": ann.pk})
    assert themselves.status_code in {400, 409}


def test_a_picture_finds_people_and_is_not_kept(clients: Cast, owner: Reader, ann: Person) -> None:
    before = Image.count()
    found = text(clients.owner.post("/people/find", {"picture": selfie(ANN)}))
    assert "Ann" in found
    assert "% alike" in found
    nobody = text(clients.owner.post("/people/find", {"picture": selfie(DAN)}))
    assert "Nobody in your library looks like that." in nobody
    faceless = clients.owner.post("/people/find", {"picture": selfie()})
    assert (faceless.status_code, 'role="alert"' in text(faceless)) == (400, True)
    assert clients.owner.post("/people/find", {}).status_code == 400
    assert Image.count() == before
    assert Face.objects.filter(library=owner.id).count() == 3


def test_consent_is_given_with_open_eyes_and_revoked(clients: Cast, cast: Cast) -> None:
    mine = Reader(cast.owner.pk)
    assert consents.TEXT.split(".")[0] in text(clients.owner.get("/settings"))
    unread = clients.owner.post("/settings/consent", {"do": "give"})
    assert unread.status_code == 400
    assert not consents.state(mine, mine.id).is_given
    clients.owner.post("/settings/consent", {"do": "give", "agreed": "on"})
    work()
    photo(mine, ANN)
    work()
    assert re.search(r'Vectors <span class="mono">1<', text(clients.owner.get("/settings")))
    clients.owner.post("/settings/consent", {"do": "revoke"})
    assert "Being deleted" in text(clients.owner.get("/settings"))
    work()
    page = text(clients.owner.get("/settings"))
    assert "Being deleted" not in page
    assert "revoked" in page
    assert not Face.objects.filter(library=mine.id).exclude(vector="").exists()


def test_a_person_is_forgotten_and_the_photos_stay(clients: Cast, owner: Reader, ann: Person) -> None:
    image = Face.objects.filter(person=ann).latest("pk").image_id
    answer = clients.owner.post(f"/people/{ann.pk}/forget", follow=True)
    assert "Ann is being forgotten" in text(answer)
    work()
    assert not Person.objects.filter(pk=ann.pk).exists()
    assert Erasure.objects.get(kind=Erasure.Kind.PERSON).finished_at
    assert Image.load(image)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "'; DROP TABLE people; --", "名前", "👩‍👩‍👧"])
def test_names_of_any_kind_are_shown_as_they_are(clients: Cast, owner: Reader, name: str) -> None:
    from django.utils.html import escape

    record = photo(owner, CAT)
    work()
    clients.owner.post(f"/people/faces/{record.image_id}-1", {"do": "name", "name": name})
    page = text(clients.owner.get("/people/"))
    assert escape(name) in page
    assert name not in page or escape(name) == name


@pytest.mark.parametrize("name", ["", " ", "x" * 300, "\0"])
def test_names_that_are_none_are_refused(clients: Cast, owner: Reader, name: str) -> None:
    record = photo(owner, CAT)
    work()
    answer = clients.owner.post(f"/people/faces/{record.image_id}-1", {"do": "name", "name": name})
    assert answer.status_code == 400
    assert face(record).person is None
