"""Groups of faces, people and the page of forgetting, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from moderation.models import Face, Person
from tests.bench import figures
from tests.support import photos_with_faces
from tests.support.browser import IN_BROWSER, expect
from tests.support.moderators import People
from tests.support.photos_with_faces import names

pytestmark = IN_BROWSER
Console = Callable[..., Any]


def test_thirty_faces_are_named_with_five_keys_and_the_name(console: Console, complaints: list[str]) -> None:
    faces = photos_with_faces.cluster(30, picture=False)
    photos_with_faces.cluster(2, picture=False)
    keys = 0

    def press(key: str) -> None:
        nonlocal keys
        keys += 1
        page.keyboard.press(key)

    page = console("face reviewer")
    page.goto(f"{page.site}/admin/faces/groups")
    page.wait_for_load_state("networkidle")
    press("Enter")
    page.get_by_label("Who is it?").wait_for()
    page.wait_for_load_state("networkidle")
    page.keyboard.type("Ana")
    press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("30 named.")
    assert keys <= 5
    assert names(faces) == ["Ana"] * 30
    figures.keep("faces.keys_to_name_a_group_of_30", keys, "keys", at_most=5)
    complaints.clear()  # these photos have no file behind them


@pytest.mark.usefixtures("complaints")
def test_a_stranger_is_left_out_and_undo_takes_the_name_off(console: Console) -> None:
    faces = photos_with_faces.cluster(4)
    page = console("face reviewer")
    page.goto(f"{page.site}/admin/faces/groups/{faces[0].cluster}")
    page.get_by_label("Face 2").focus()
    page.keyboard.press("x")
    expect(page.get_by_role("button", name="Name 3 of 4")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("Ana")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("3 named.")
    assert sorted(names(faces)) == ["Ana", "Ana", "Ana", "unknown"]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messagelist")).to_contain_text("Undone.")
    assert names(faces) == ["unknown"] * 4


def test_the_second_to_name_a_group_is_told_who_it_is(console: Console, people: People) -> None:
    from moderation.services.people import naming as services

    faces = photos_with_faces.cluster(3)
    page = console("face reviewer")
    page.goto(f"{page.site}/admin/faces/groups/{faces[0].cluster}")
    services.name_cluster(people("face reviewer", name="petra"), faces[0].cluster, name="Bob")
    page.get_by_label("Who is it?").fill("Ana")
    page.get_by_role("button", name="Name 3 of 3").click()
    expect(page.locator(".messagelist")).to_contain_text("Somebody else has named this Bob meanwhile")
    assert names(faces) == ["Bob"] * 3


@pytest.mark.usefixtures("complaints")
def test_people_are_merged_split_renamed_and_hidden(console: Console) -> None:
    ana, anna = photos_with_faces.person("Ana", faces=3), photos_with_faces.person("Anna")
    page = console("face reviewer")
    page.goto(f"{page.site}/admin/faces/people/{anna.pk}")
    page.get_by_label("Is the same as").fill("Ana")
    page.locator(".names button", has_text="Ana").last.wait_for()
    page.locator(f".names button[value='{ana.pk}']").click()
    expect(page.locator(".messagelist")).to_contain_text("Merged.")
    page.goto(f"{page.site}/admin/faces/people/{ana.pk}")
    expect(page.locator(".crops input")).to_have_count(4)
    page.get_by_label("Face 1", exact=True).check()
    page.get_by_label("Split off as").fill("Eva")
    page.get_by_role("button", name="Split").click()
    expect(page.locator(".messagelist")).to_contain_text("1 split off.")
    page.get_by_label("Name", exact=True).fill("Ana B.")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("button", name="Hide").click()
    expect(page.locator(".messagelist")).to_contain_text("Hidden.")
    page.goto(f"{page.site}/admin/faces/people")
    expect(page.locator(".people tbody tr")).to_have_count(1)
    assert dict(Person.objects.filter(merged_into=None).values_list("name", "is_hidden")) == {
        "Ana B.": True,
        "Eva": False,
    }


def test_the_list_of_people_shows_collisions_and_updates(console: Console) -> None:
    ana, _ = photos_with_faces.person("Ana"), photos_with_faces.person("ana")
    Person.objects.filter(pk=ana.pk).update(vector_state="updating")
    Face.objects.filter(person=ana).update(associated_to=ana.pk)
    page = console("face reviewer")
    page.goto(f"{page.site}/admin/faces/people")
    expect(page.get_by_text("Same name twice")).to_have_count(2)
    expect(page.get_by_text("Updating")).to_have_count(1)
    expect(page.get_by_text("1 of 100")).to_have_count(1)


def test_a_privacy_officer_sees_what_would_go_before_it_goes(console: Console, complaints: list[str]) -> None:
    ana = photos_with_faces.person("Ana", faces=2)
    page = console("privacy officer")
    page.goto(f"{page.site}/admin/privacy")
    page.get_by_label("Forget").select_option("person")
    page.get_by_label("Id, or the account's name").fill(ana.pk)
    page.get_by_role("button", name="What would go").click()
    expect(page.get_by_role("heading", name="What would go, as of now")).to_be_visible()
    page.get_by_role("button", name="Forget for good").click()
    expect(page.locator(".messagelist")).to_contain_text("It is being forgotten")
    expect(page.locator("#jobs progress")).to_have_count(1)
    ana.refresh_from_db()
    assert ana.is_leaving
