"""What happens to several photos at once, and how far it came."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse

from media_pipeline.access.readers import Reader
from media_pipeline.errors import TemporaryError
from media_pipeline.images import use_cases
from media_pipeline.library.selection import MAX_CHOSEN
from media_pipeline.record.models import Image, new_image_id
from tests.library.answers import HTMX, text
from tests.support.people import Cast
from tests.support.uploads import reread

pytestmark = [pytest.mark.usefixtures("aws"), pytest.mark.django_db]


def told(answer: HttpResponse, event: str) -> dict[str, object]:
    """What the page's script hears."""
    detail: dict[str, object] = json.loads(answer["HX-Trigger"])[f"darkroom:{event}"]
    return detail


@pytest.fixture
def ids(announce: Callable[..., Image]) -> list[str]:
    return [announce(f"{number}.jpg").image_id for number in range(3)]


def test_all_that_are_chosen_go_and_come_back(clients: Cast, ids: list[str]) -> None:
    gone = clients.owner.post("/photos/trash", {"photo": ids}, headers=HTMX)
    assert told(gone, "trashed") == {"ids": ids, "sentence": "3 photos are in the Trash."}
    assert all(record.deleted_at for record in Image.load_many(ids))
    back = clients.owner.post("/photos/restore", {"photo": ids[:2]}, headers=HTMX)
    assert told(back, "restored") == {"ids": ids[:2], "sentence": "2 photos are back among your photos."}
    assert [bool(record.deleted_at) for record in Image.load_many(ids)] == [False, False, True]


def test_only_those_that_lack_a_tag_get_it_and_lose_it_again(clients: Cast, ids: list[str]) -> None:
    clients.owner.post(f"/photos/{ids[0]}/tags", {"add": "sea"})
    tagged = clients.owner.post("/photos/tags", {"photo": ids, "add": " Sea "}, headers=HTMX)
    expected = {"ids": ids[1:], "sentence": "2 photos are tagged “Sea”.", "tag": "Sea"}
    assert told(tagged, "tagged") == expected
    clients.owner.post("/photos/tags", {"photo": ids[1:], "remove": "Sea"}, headers=HTMX)
    assert [record.tags for record in Image.load_many(ids)] == [["sea"], None, None]


def test_a_tag_that_all_have_changes_nothing(clients: Cast, ids: list[str]) -> None:
    clients.owner.post("/photos/tags", {"photo": ids, "add": "Sea"})
    again = clients.owner.post("/photos/tags", {"photo": ids, "add": "SEA"}, headers=HTMX)
    assert (again.status_code, text(again)) == (400, "They have the tag “SEA” already.")


@pytest.mark.parametrize("who", ["stranger", "moderator"])
@pytest.mark.parametrize("call", ["trash", "restore", "tags"])
def test_nobody_else_changes_them_or_learns_that_they_exist(clients: Cast, ids: list[str], who: str, call: str) -> None:
    before = Image.load_many(ids)
    client = getattr(clients, who)
    answers = [client.post(f"/photos/{call}", {"photo": some, "add": "mine"}) for some in (ids, [new_image_id()])]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content == answers[1].content
    assert [record.revision for record in Image.load_many(ids)] == [record.revision for record in before]


def test_anonymous_people_are_sent_to_sign_in(clients: Cast, ids: list[str]) -> None:
    assert clients.anonymous.post("/photos/trash", {"photo": ids}).status_code == 302
    assert not any(record.deleted_at for record in Image.load_many(ids))


@pytest.mark.parametrize("chosen", [[], ["x"], ["\x00" * 26], [new_image_id() for _ in range(MAX_CHOSEN + 1)]])
def test_too_few_and_too_many_are_refused(clients: Cast, chosen: list[str]) -> None:
    assert clients.owner.post("/photos/trash", {"photo": chosen}, headers=HTMX).status_code == 400


def test_an_empty_tag_is_refused(clients: Cast, ids: list[str]) -> None:
    answer = clients.owner.post("/photos/tags", {"photo": ids, "add": "  "}, headers=HTMX)
    assert (answer.status_code, text(answer)) == (400, "Type a tag first.")


def test_when_aws_stops_answering_what_is_done_is_said(
    clients: Cast, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = use_cases.delete

    def breaks_at_the_last(reader: Reader, image_id: str) -> None:
        if image_id == ids[2]:
            raise TemporaryError("DynamoDB did not answer.")
        delete(reader, image_id)

    monkeypatch.setattr(use_cases, "delete", breaks_at_the_last)
    answer = clients.owner.post("/photos/trash", {"photo": ids}, headers=HTMX)
    assert told(answer, "trashed") == {
        "ids": ids[:2],
        "sentence": "2 photos are in the Trash. 1 is not: DynamoDB did not answer.",
    }
    nothing_done = clients.owner.post("/photos/trash", {"photo": ids[2:]}, headers=HTMX)
    assert nothing_done.status_code == 503


def test_without_a_script_the_form_works_and_offers_undo(clients: Cast, ids: list[str]) -> None:
    """The checks belong to the form, and the next page offers undo."""
    page = text(clients.owner.get("/"))
    assert re.findall(r'name="photo" value="(\w+)" form="selection"', page) == ids[::-1]
    after = text(clients.owner.post("/photos/trash", {"photo": ids}, follow=True))
    assert "3 photos are in the Trash." in after
    undo = after.partition('action="/photos/restore"')[2].partition("</form>")[0]
    assert re.findall(r'name="photo" value="(\w+)"', undo) == ids
    assert reread(Image(ids[0])).deleted_at


def test_enter_in_the_tag_field_adds_the_tag(clients: Cast, ids: list[str]) -> None:
    page = text(clients.owner.get("/"))
    form = page.partition('id="selection"')[2].partition("</form>")[0]
    buttons = re.findall(r"<button (?!type=)[^>]*formaction=\"([^\"]+)\"", form)
    assert buttons[0] == "/photos/tags", "Enter presses a form's first button"
