"""Naming faces one after the other in a real Chromium: two hundred by keyboard, boxes, and reviewers who meet."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from moderation.models import Face, FaceAct, Person, WrongPair
from tests.bench import figures
from tests.support import photos_with_faces
from tests.support.browser import IN_BROWSER, expect
from tests.support.moderators import People
from tests.support.photos_with_faces import names
from tests.support.waiting import eventually

pytestmark = IN_BROWSER
Console = Callable[..., Any]


def suspected(count: int, *names: str, picture: bool = True) -> list[Face]:
    known = [photos_with_faces.person(name) for name in names or ("Ana", "Bea")]
    return [
        photos_with_faces.suspect(photos_with_faces.photo(picture=picture)[0], known, 91 + n % 8) for n in range(count)
    ]


def opened(page: Any) -> Any:
    page.goto(f"{page.site}/admin/faces")
    expect(page.locator(".candidates")).to_be_visible()
    return page


def test_every_decision_by_keyboard(console: Console, complaints: list[str]) -> None:
    faces = suspected(6)
    page = opened(console("face reviewer"))
    for key in ("Enter", "2", "w", "h", "i"):
        page.keyboard.press(key)
    page.keyboard.press("n")
    page.keyboard.type("Cem")
    page.keyboard.press("Enter")
    assert eventually(lambda: FaceAct.objects.filter(by=people_id("face-reviewer")).count() == 6)
    expect(page.locator(".alarm")).to_be_hidden()
    known = [face for face in faces if Face.objects.filter(pk=face.pk).exists()]
    assert len(known) == 5  # one was no face
    assert sorted(names(known)) == ["Ana", "Bea", "Cem", "hidden", "suggested"]
    assert WrongPair.objects.get().person.name == "Ana"


def people_id(username: str) -> str:
    from moderation.models import User

    return User.objects.get(username=username).pk


def test_undo_brings_face_and_suggestion_back(console: Console, complaints: list[str]) -> None:
    faces = suspected(2)
    page = opened(console("face reviewer"))
    first = page.locator("#number").text_content()
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("u")
    page.keyboard.press("Control+z")
    expect(page.locator("#number")).to_have_text(first)
    assert eventually(lambda: names(faces) == ["suggested", "suggested"])
    assert eventually(lambda: FaceAct.objects.exclude(undone_at=None).count() == 2)


def test_a_name_half_typed_finds_who_is_known(console: Console, complaints: list[str]) -> None:
    faces = suspected(1, "Ana")
    photos_with_faces.person("Šárka Nováková")
    page = opened(console("face reviewer"))
    page.keyboard.press("n")
    page.keyboard.type("nov")
    expect(page.locator(".names button")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert eventually(lambda: names(faces) == ["Šárka Nováková"])
    assert Person.objects.count() == 2


def test_boxes_are_moved_sized_added_and_removed_by_keyboard(console: Console, complaints: list[str]) -> None:
    face = photos_with_faces.suspect(photos_with_faces.photo(2)[0], [photos_with_faces.person("Ana")])
    page = opened(console("face reviewer"))
    page.keyboard.press("b")
    expect(page.locator("#boxes button")).to_have_count(2)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert eventually(lambda: sides(face) == (0.11, 0.2, 0.2, 0.31))
    page.keyboard.press("+")
    expect(page.locator("#boxes button")).to_have_count(3)
    page.locator("#boxes button").nth(1).focus()
    page.keyboard.press("Delete")
    expect(page.locator("#boxes button")).to_have_count(2)
    page.keyboard.press("u")
    expect(page.locator("#boxes button")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(page.locator("#boxes")).to_be_hidden()
    page.keyboard.press("Enter")
    assert eventually(lambda: names([face]) == ["Ana"])


def sides(face: Face) -> tuple[float, ...]:
    face.refresh_from_db()
    return tuple(round(side, 3) for side in (face.left, face.top, face.width, face.height))


def test_boxes_are_moved_sized_and_drawn_by_mouse(console: Console, complaints: list[str]) -> None:
    face = photos_with_faces.suspect(photos_with_faces.photo()[0], [photos_with_faces.person("Ana")])
    page = opened(console("face reviewer"))
    page.get_by_role("button", name="Boxes").click()
    box = page.locator("#boxes button")
    expect(box).to_have_count(1)
    area, at = page.locator("#boxes").bounding_box(), box.bounding_box()
    with page.expect_response("**/faces/calls/change"):  # after which the boxes are drawn anew
        drag(page, (at["x"] + 20, at["y"] + 20), (0.1 * area["width"], 0))
    assert eventually(lambda: list(sides(face)) == pytest.approx([0.2, 0.2, 0.2, 0.3], abs=0.01))
    assert eventually(box.bounding_box)
    at = box.bounding_box()
    drag(page, (at["x"] + at["width"] - 4, at["y"] + at["height"] - 4), (0, 0.1 * area["height"]))
    assert eventually(lambda: sides(face)[3] == pytest.approx(0.4, abs=0.01))
    drag(page, (area["x"] + 0.6 * area["width"], area["y"] + 40), (0.2 * area["width"], 0.3 * area["height"]))
    assert eventually(lambda: Face.objects.filter(image_id=face.image_id).count() == 2)


def drag(page: Any, start: tuple[float, float], by: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + by[0] / 2, start[1] + by[1] / 2)
    page.mouse.move(start[0] + by[0], start[1] + by[1])
    page.mouse.up()


def test_somebody_else_was_faster_and_the_name_they_gave_stays(console: Console, people: People) -> None:
    from moderation.services.people import naming as services

    (face,) = suspected(1)
    page = opened(console("face reviewer"))
    services.name(people("face reviewer", name="petra"), face.pk, name="Bea", seen="")
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_contain_text("Somebody else has named this Bea meanwhile")
    assert names([face]) == ["Bea"]
    expect(page.locator("#decided")).to_have_text("0")


def test_two_reviewers_of_one_stream_name_every_face_once(console: Console, people: People, browser: Any) -> None:
    faces = suspected(8, picture=False)
    one = opened(console("face reviewer", name="one"))
    context = browser.new_context()
    two = opened(console("face reviewer", name="two", context=context))
    for page, key in ((one, "1"), (two, "2")) * 6:
        page.keyboard.press(key)  # without a face to decide it does nothing
    assert eventually(lambda: "suggested" not in names(faces))
    for page in (one, two):  # nobody was asked what the other one had been asked
        expect(page.locator(".candidates")).to_have_count(0)
        expect(page.locator(".alarm")).to_be_hidden()
    context.close()
    assert FaceAct.objects.count() == 8
    assert {"Ana", "Bea"} == set(names(faces))


def test_a_role_taken_away_stops_the_next_decision(console: Console, people: People) -> None:
    faces = suspected(2)
    page = opened(console("face reviewer"))
    people.user("face reviewer").groups.clear()
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_contain_text("Your roles do not include this")
    assert names(faces) == ["suggested", "suggested"]


def test_a_write_that_fails_brings_the_face_back_visibly(console: Console) -> None:
    suspected(2)
    page = opened(console("face reviewer"))
    failing = page.locator("#number").text_content()
    page.route("**/faces/calls/decide", lambda route: route.abort())
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_contain_text(f"Face {failing} is back; decide it again.")


def test_without_the_role_there_are_no_faces(console: Console, people: People) -> None:
    page = console("moderator")
    for path in ("faces", "faces/groups", "faces/people", "privacy"):
        assert page.request.get(f"{page.site}/admin/{path}").status == 403


@pytest.mark.slow
def test_two_hundred_faces_by_keyboard_only(console: Console, people: People) -> None:
    suspected(180, picture=True)
    keys = ("1", "Enter", "2", "1", "w", "1", "h", "Enter", "1", "u")
    page = console("face reviewer")
    scripts: dict[str, int] = {}
    page.on(
        "response", lambda answer: scripts.update({answer.url: len(answer.body())}) if ".js" in answer.url else None
    )
    opened(page)
    page.wait_for_load_state("networkidle")
    figures.keep("faces.own_javascript", sum(scripts.values()) / 1000, "KB", at_most=15)
    calls: list[int] = []
    page.on("response", lambda answer: calls.append(1) if "/faces/calls/" in answer.url else None)
    for key in itertools.islice(itertools.cycle(keys), 200):
        page.locator(".candidates").wait_for()
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    assert eventually(lambda: FaceAct.objects.count() == 180)
    assert eventually(lambda: FaceAct.objects.exclude(undone_at=None).count() == 20)
    expect(page.locator(".alarm")).to_be_hidden()
    figures.keep("faces.requests_a_decision", len(calls) / 200, "", at_most=2)
