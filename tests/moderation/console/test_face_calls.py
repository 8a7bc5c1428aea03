"""What the page of faces may ask, and what bad or late questions get."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from moderation.models import Face, FaceAct
from moderation.services.people import naming as services
from tests.support import photos_with_faces
from tests.support.moderators import People

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def reviewer(people: People) -> Client:
    client = Client()
    client.force_login(people.user("face reviewer"))
    return client


@pytest.fixture
def face(people: People) -> Face:
    return photos_with_faces.suspect(
        photos_with_faces.photo(2, picture=False)[0], [photos_with_faces.person("Ana", picture=False)]
    )


def ask(client: Client, call: str, **said: Any) -> Any:
    return client.post(f"/admin/faces/calls/{call}", json.dumps(said), content_type="application/json")


def test_a_face_comes_with_candidates_and_no_object_key(reviewer: Client, face: Face) -> None:
    body = ask(reviewer, "more", have=[], want=6).json()
    assert (body["waiting"], [case["id"] for case in body["cases"]]) == (1, [face.pk])
    assert "Ana" in body["cases"][0]["panel"]
    assert ask(reviewer, "more", have=[face.pk], want=6).json()["cases"] == []


def test_a_name_that_would_be_markup_is_text(reviewer: Client, face: Face) -> None:
    photos_with_faces.suspect(
        photos_with_faces.photo(picture=False)[0], [photos_with_faces.person("<b onclick=x>", picture=False)]
    )
    panels = "".join(case["panel"] for case in ask(reviewer, "more", have=[], want=6).json()["cases"])
    assert "<b onclick" not in panels
    assert "&lt;b onclick=x&gt;" in panels
    assert "&lt;b onclick=x&gt;" in ask(reviewer, "names", library=face.library, typed="<b").json()["people"]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"act": "explode"}, 400),
        ({"act": "name"}, 400),
        ({"act": "name", "name": "x" * 201}, 400),
        ({"act": "name", "person": "01J00000000000000000000000"}, 404),
        ({"act": "name", "name": 7}, 400),
        ({"act": "wrong", "person": ""}, 404),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(
    reviewer: Client, face: Face, said: dict[str, Any], status: int
) -> None:
    assert ask(reviewer, "decide", cases=[face.pk], have=[], want=0, **said).status_code == status
    assert not FaceAct.objects.exists()


def test_a_person_of_another_library_is_nobody_here(reviewer: Client, face: Face) -> None:
    stranger = photos_with_faces.person("Eve", owner="somebody-else", picture=False)
    answer = ask(reviewer, "decide", act="name", cases=[face.pk], person=stranger.pk, have=[], want=0)
    assert answer.status_code == 404


@pytest.mark.parametrize("act", ["name", "wrong", "nobody", "hide"])
def test_what_somebody_else_did_meanwhile_stays(reviewer: Client, face: Face, people: People, act: str) -> None:
    services.name(people("face reviewer", name="petra"), face.pk, name="Bob", seen="")
    said = {"act": act, "cases": [face.pk], "name": "Ana", "seen": "", "have": [], "want": 0}
    assert "named this Bob meanwhile" in ask(reviewer, "decide", **said).json()["problems"][face.pk]
    face.refresh_from_db()
    assert face.person
    assert face.person.name == "Bob"


def test_a_face_that_is_gone_is_said_to_be(reviewer: Client, face: Face) -> None:
    Face.objects.filter(pk=face.pk).delete()
    answer = ask(reviewer, "decide", act="hide", cases=[face.pk], have=[], want=0)
    assert answer.json()["problems"] == {face.pk: "There is no face with this id."}


def test_a_removed_box_comes_back_though_its_face_was_at_hand(reviewer: Client, face: Face) -> None:
    removed = ask(reviewer, "change", act="remove", cases=[face.pk], box=face.pk).json()
    assert len(removed["boxes"]) == 1
    back = ask(reviewer, "change", act="undo", cases=[face.pk], done=removed["done"]).json()
    assert {box["id"] for box in back["boxes"]} == {face.pk, f"{face.image_id}-2"}


@pytest.mark.parametrize("sides", [None, [0.1, 0.2, 0.3], [0.9, 0.9, 0.5, 0.5], ["a", 0, 0.1, 0.1], [0, 0, 0, 0]])
def test_a_box_outside_the_picture_is_refused(reviewer: Client, face: Face, sides: Any) -> None:
    assert ask(reviewer, "change", act="add", cases=[face.pk], sides=sides).status_code == 400


@pytest.mark.parametrize("call", ["more", "decide", "undo", "names", "boxes", "change"])
def test_nobody_without_the_role_is_answered(face: Face, people: People, call: str) -> None:
    said = {"act": "hide", "cases": [face.pk], "have": [], "want": 6, "library": face.library, "typed": "a"}
    assert ask(Client(), call, **said).status_code == 401
    moderator = Client()
    moderator.force_login(people.user("lead"))
    assert ask(moderator, call, **said).status_code == 403
    assert not FaceAct.objects.exists()


class TestTwoReviewers:
    @pytest.fixture
    def other(self, people: People) -> Client:
        client = Client()
        client.force_login(people.user("face reviewer", name="other"))
        return client

    @pytest.fixture(autouse=True)
    def eight(self, people: People) -> list[Face]:  # noqa: ARG002 - the groups are there first
        """Faces to be asked about, in the order in which they are."""
        ana = photos_with_faces.person("Ana", picture=False)
        return [photos_with_faces.suspect(photos_with_faces.photo(picture=False)[0], [ana], 90 + n) for n in range(8)]

    def test_are_not_asked_about_the_same_faces(self, reviewer: Client, other: Client, eight: list[Face]) -> None:
        ids = [face.pk for face in eight]
        assert given(reviewer) == ids[:6]
        assert given(other) == ids[6:]
        assert given(reviewer) == ids[:6]  # a page that was reloaded

    def test_what_is_left_for_later_goes_to_the_other(self, reviewer: Client, other: Client) -> None:
        ids = given(reviewer)
        given(other)
        ask(reviewer, "decide", act="skip", cases=ids[:1], have=ids, want=0)
        assert ids[0] in given(other)

    def test_an_idle_reviewers_faces_come_free_a_busy_ones_do_not(
        self, reviewer: Client, other: Client, eight: list[Face]
    ) -> None:
        ids = given(reviewer)
        Face.objects.filter(pk__in=ids).update(leased_until=timezone.now() - dt.timedelta(seconds=1))
        ask(reviewer, "decide", act="hide", cases=ids[:1], have=ids[1:3], want=0)  # forgot the last three
        assert given(other) == [face.pk for face in eight[3:]]


def given(client: Client) -> list[str]:
    return [case["id"] for case in ask(client, "more", have=[], want=6).json()["cases"]]
