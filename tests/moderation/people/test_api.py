"""Faces, people, consent and search by face through the API: every call, met by everybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from media_pipeline.access.readers import Reader
from media_pipeline.record.models import Image, new_image_id
from moderation.api.urls import urlpatterns
from moderation.models import Person
from moderation.services.people import naming, people
from tests.api import keys
from tests.api.problems import problem
from tests.support.painted_faces import ANN, BEN, CAT, consented, face, painted, photo
from tests.support.people import Cast
from tests.support.tasks import waiting_tasks, work
from tests.support.uploads import reread

pytestmark = pytest.mark.usefixtures("recognition")
BOX = {"bounding_box": {"left": 0.6, "top": 0.2, "width": 0.1, "height": 0.2}}
OF_OTHERS = {"report", "appeal", "statements"}  # in tests/moderation/cases/test_reports_and_appeals.py


def selfie(*who: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("me.jpg", painted(*who)[0], content_type="image/jpeg")}


def client_of(user: Any) -> APIClient:
    client = APIClient()
    if user.pk:
        client.force_login(user)
    return client


@pytest.fixture
def ann(cast: Cast) -> Person:
    """The owner's library has consented, and knows Ann."""
    owner = consented(Reader(cast.owner.pk))
    photo(owner, ANN, BEN)
    second = photo(owner, ANN)
    work()
    naming.name(owner, face(second).pk, name="Ann")
    work()
    return Person.objects.get(library=owner.id)


@pytest.fixture
def record(ann: Person) -> Image:
    """The photo of hers and Ben's in which nobody has a name yet."""
    (found,) = [each for each in naming.unidentified(Reader(ann.library), ann.library) if each.pk.endswith("-2")]
    return reread(Image(found.image_id))


def calls(ann: Person, record: Image) -> list[tuple[str, str, str, object]]:
    """(name, method, path, body) of every call about somebody's own."""
    mine = face(record).pk
    return [
        ("image-faces", "get", f"images/{record.image_id}/faces", None),
        ("image-faces", "post", f"images/{record.image_id}/faces", BOX),
        ("face", "patch", f"faces/{mine}", BOX),
        ("assign-face", "post", f"faces/{mine}/assign", {"name": "Ann"}),
        ("reject-face", "post", f"faces/{mine}/reject", {"person_id": ann.pk}),
        ("face", "delete", f"faces/{mine}", None),
        ("person", "get", f"people/{ann.pk}", None),
        ("person", "patch", f"people/{ann.pk}", {"name": "Anna"}),
        ("person-faces", "get", f"people/{ann.pk}/faces", None),
        ("merge-person", "post", f"people/{ann.pk}/merge", {"into": ann.pk}),
        ("person", "delete", f"people/{ann.pk}", None),
    ]


MINE = [
    ("people", "get", "people", None),
    ("people", "post", "people", {"name": "Zoë"}),
    ("unidentified-faces", "get", "faces/unidentified", None),
    ("search-face", "post", "search/face", None),
    ("consent", "get", "consent", None),
    ("consent", "put", "consent", {"version": "2026-11"}),
    ("consent", "delete", "consent", None),
]


def ask(client: Any, method: str, path: str, body: object) -> Any:
    kind = {"format": "json"} if body else {}
    return (
        getattr(client, method)(f"/api/v1/{path}", body, **kind) if body else getattr(client, method)(f"/api/v1/{path}")
    )


def test_these_are_all_the_calls_there_are(ann: Person, record: Image) -> None:
    tested = {name for name, *_ in (*calls(ann, record), *MINE)}
    assert {pattern.name for pattern in urlpatterns} == tested | OF_OTHERS


def test_to_others_nothing_of_it_exists(cast: Cast, ann: Person, record: Image) -> None:
    """The anonymous are asked who they are."""
    before = reread(record).revision
    for who in (cast.stranger, cast.moderator):
        for _, method, path, body in calls(ann, record):
            problem(ask(client_of(who), method, path, body), 404, "not_found")
    for _, method, path, body in (*calls(ann, record), *MINE):
        problem(ask(client_of(cast.anonymous), method, path, body), 401, "not_authenticated")
    assert reread(record).revision == before
    assert Person.objects.get(pk=ann.pk).name == "Ann"


def test_a_key_that_may_only_read_changes_nothing(cast: Cast, ann: Person, record: Image) -> None:
    from media_pipeline.access.api_keys import Scope

    service = keys.service(cast.owner.pk, {Scope.READ})
    for _, method, path, body in (*calls(ann, record), *MINE):
        answer = ask(service, method, path, body)
        may = {"search/face": 400}.get(path, 403)  # it reads; but nothing was sent to be read
        assert answer.status_code == (200 if method == "get" else may), path


def test_a_key_that_may_only_send_finds_nobody_by_their_face(cast: Cast, ann: Person) -> None:
    from media_pipeline.access.api_keys import Scope

    selfie = SimpleUploadedFile("selfie.jpg", painted(ANN)[0], "image/jpeg")
    answer = keys.service(cast.owner.pk, {Scope.WRITE}).post(
        "/api/v1/search/face", {"file": selfie}, format="multipart"
    )
    problem(answer, 403, "insufficient_scope")


def test_a_face_is_named_renamed_rejected_and_found(cast: Cast, ann: Person, record: Image) -> None:
    client = client_of(cast.owner)
    shown = ask(client, "get", f"images/{record.image_id}/faces", None).json()
    assert [each["state"] for each in shown] == ["suggested", "unknown"]
    path = f"faces/{shown[0]['face_id']}"
    named = ask(client, "post", f"{path}/assign", {"person_id": ann.pk}).json()
    assert (named["person"], named["person_id"], named["state"]) == ("Ann", ann.pk, "named")
    (detail,) = [
        each
        for each in ask(client, "get", f"images/{record.image_id}", None).json()["faces"]
        if each["person_id"] == ann.pk
    ]
    assert detail["person"] == "Ann"
    listed = ask(client, "get", f"images?person={ann.pk}", None).json()["results"]
    assert len(listed) == 2
    assert len(ask(client, "get", f"people/{ann.pk}/faces", None).json()["results"]) == 2
    facets = ask(client, "get", "facets", None).json()["people"]
    assert [(each["value"], each["name"], each["count"]) for each in facets] == [(ann.pk, "Ann", 2)]
    rejected = ask(client, "post", f"{path}/reject", {"person_id": ann.pk}).json()
    assert (rejected["state"], rejected["person"]) == ("unknown", None)


def test_people_are_made_listed_renamed_merged_and_forgotten(cast: Cast, ann: Person) -> None:
    client = client_of(cast.owner)
    made = ask(client, "post", "people", {"name": "ann"}).json()
    everybody = ask(client, "get", "people", None).json()["results"]
    assert [(each["name"], each["faces"], each["shares_name"]) for each in everybody] == [
        ("Ann", 1, True),
        ("ann", 0, True),
    ]
    assert ask(client, "patch", f"people/{made['person_id']}", {"name": "Anita"}).json()["name"] == "Anita"
    merged = ask(client, "post", f"people/{ann.pk}/merge", {"into": made["person_id"]}).json()
    assert (merged["name"], merged["faces"]) == ("Anita", 1)
    assert ask(client, "delete", f"people/{made['person_id']}", None).status_code == 202
    work()
    assert ask(client, "get", "people", None).json()["results"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("people", {"name": "n" * 201}),
        ("people", {"name": " "}),
        ("people", {"name": "a\x00b"}),
        ("people", {"nom": "Ann"}),
        ("faces/{face}/assign", {"name": "Ann", "person_id": "x"}),
        ("faces/{face}/assign", {}),
        ("people/{person}/merge", {"into": "{person}"}),
        ("images/{image}/faces", {"bounding_box": {"left": 2, "top": 0, "width": 1, "height": 1}}),
        ("images/{image}/faces", {"bounding_box": {"left": 0.9, "top": 0, "width": 0.5, "height": 1}}),
    ],
)
def test_bad_input_is_refused_with_the_field_at_fault(
    cast: Cast, ann: Person, record: Image, path: str, body: dict[str, Any]
) -> None:
    values = {"face": face(record).pk, "person": ann.pk, "image": record.image_id}
    body = {name: value.format(**values) if isinstance(value, str) else value for name, value in body.items()}
    answer = client_of(cast.owner).post(f"/api/v1/{path.format(**values)}", body, format="json")
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"]


def test_a_merge_with_somebody_elses_person_finds_nobody(cast: Cast, ann: Person) -> None:
    theirs = people.create(Reader(cast.stranger.pk), cast.stranger.pk, "Ann")
    problem(ask(client_of(cast.owner), "post", f"people/{ann.pk}/merge", {"into": theirs.pk}), 404, "not_found")
    never = ask(client_of(cast.owner), "post", f"people/{ann.pk}/merge", {"into": new_image_id()})
    problem(never, 404, "not_found")


# By face


def test_somebody_is_found_by_a_selfie_of_which_nothing_is_kept(cast: Cast, ann: Person, recognition: Any) -> None:
    answer = client_of(cast.owner).post("/api/v1/search/face", selfie(ANN), format="multipart")
    found = answer.json()
    assert [each["name"] for each in found["people"]] == ["Ann"]
    assert len(found["image_ids"]) == 2
    (collection,) = recognition.list_collections()["CollectionIds"]
    assert len(recognition.list_faces(CollectionId=collection)["Faces"]) == 3
    assert waiting_tasks() == []


def test_a_strangers_selfie_finds_nobody(cast: Cast, ann: Person) -> None:
    """One without a face is refused."""
    client = client_of(cast.owner)
    nobody = client.post("/api/v1/search/face", selfie(CAT), format="multipart").json()
    faceless = client.post("/api/v1/search/face", selfie(), format="multipart")
    no_picture = client.post(
        "/api/v1/search/face", {"file": SimpleUploadedFile("x.jpg", b"no picture")}, format="multipart"
    )
    assert nobody == {"people": [], "image_ids": []}
    assert faceless.status_code == no_picture.status_code == 400


def test_without_a_consent_there_is_nothing_to_search(cast: Cast) -> None:
    answer = client_of(cast.owner).post("/api/v1/search/face", selfie(ANN), format="multipart")
    problem(answer, 409, "conflict")


def test_a_consent_is_given_to_a_text_that_was_read_and_revoked(cast: Cast, ann: Person) -> None:
    client = client_of(cast.owner)
    shown = ask(client, "get", "consent", None).json()
    assert shown["is_given"]
    assert "Rekognition" in shown["text"]
    assert ask(client, "put", "consent", {"version": "2019-01"}).status_code == 400
    assert ask(client, "delete", "consent", None).json()["is_given"] is False
    work()
    assert ask(client, "get", "people", None).json()["results"] == []
    assert ask(client, "put", "consent", {"version": shown["current_version"]}).json()["is_given"] is True
