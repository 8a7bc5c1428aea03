"""Naming faces in a real Chromium: two hundred by keyboard, boxes, groups, people, and reviewers who meet."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from moderation.models import Face, FaceAct, Person, WrongPair
from tests.bench import figures
from tests.conftest import as_role
from tests.moderation import face_world
from tests.moderation.world import People

sync_api = pytest.importorskip("playwright.sync_api", reason="pytest-playwright is not installed")
expect = sync_api.expect
expect.set_options(timeout=15_000)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # pytest-playwright's plugin for addresses declares its session fixtures as pytest 9 no longer likes
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]
Console = Callable[..., Any]
State = Face.State


@pytest.fixture
def web() -> Iterator[None]:
    """What follows runs with the web function's permissions; the photos were made before."""
    with as_role("web"):
        yield


def suspected(count: int, *names: str, picture: bool = True) -> list[Face]:
    known = [face_world.person(name) for name in names or ("Ana", "Bea")]
    return [face_world.suspect(face_world.photo(picture=picture)[0], known, 91 + n % 8) for n in range(count)]


def opened(page: Any) -> Any:
    page.goto(f"{page.site}/admin/faces")
    expect(page.locator(".candidates")).to_be_visible()
    return page


def eventually(question: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.05)
    return False


def names(faces: list[Face]) -> list[str]:
    rows = Face.objects.filter(pk__in=[face.pk for face in faces]).select_related("person").order_by("doubt", "pk")
    return [row.person.name if row.person else str(row.state) for row in rows]


def test_every_decision_by_keyboard(console: Console, complaints: list[str]) -> None:
    faces = suspected(6)
    with as_role("web"):
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
    with as_role("web"):
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
    face_world.person("Šárka Nováková")
    with as_role("web"):
        page = opened(console("face reviewer"))
        page.keyboard.press("n")
        page.keyboard.type("nov")
        expect(page.locator(".names button")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert eventually(lambda: names(faces) == ["Šárka Nováková"])
    assert Person.objects.count() == 2


def test_boxes_are_moved_sized_added_and_removed_by_keyboard(console: Console, complaints: list[str]) -> None:
    face = face_world.suspect(face_world.photo(2)[0], [face_world.person("Ana")])
    with as_role("web"):
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
    face = face_world.suspect(face_world.photo()[0], [face_world.person("Ana")])
    with as_role("web"):
        page = opened(console("face reviewer"))
        page.get_by_role("button", name="Boxes").click()
        box = page.locator("#boxes button")
        expect(box).to_have_count(1)
        area, at = page.locator("#boxes").bounding_box(), box.bounding_box()
        drag(page, (at["x"] + 20, at["y"] + 20), (0.1 * area["width"], 0))
        assert eventually(lambda: list(sides(face)) == pytest.approx([0.2, 0.2, 0.2, 0.3], abs=0.01))
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


def test_somebody_else_was_faster_and_the_name_they_gave_stays(console: Console, people: People, web: None) -> None:
    from moderation.services import faces as services

    with as_role("pipeline"):
        (face,) = suspected(1)
    page = opened(console("face reviewer"))
    services.name(people("face reviewer", name="petra"), face.pk, name="Bea", seen="")
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_contain_text("Somebody else has named this Bea meanwhile")
    assert names([face]) == ["Bea"]
    expect(page.locator("#decided")).to_have_text("0")


def test_two_reviewers_of_one_stream_name_every_face_once(
    console: Console, people: People, browser: Any, web: None
) -> None:
    with as_role("pipeline"):
        faces = suspected(8, picture=False)
    one = opened(console("face reviewer", name="one"))
    context = browser.new_context()
    two = opened(console("face reviewer", name="two", context=context))
    deadline = time.monotonic() + 60
    while "suggested" in names(faces) and time.monotonic() < deadline:
        one.keyboard.press("1")
        two.keyboard.press("2")
        one.wait_for_timeout(100)
    one.wait_for_load_state("networkidle")
    two.wait_for_load_state("networkidle")
    context.close()
    assert FaceAct.objects.count() == 8
    assert "suggested" not in names(faces)


def test_a_role_taken_away_stops_the_next_decision(console: Console, people: People, web: None) -> None:
    with as_role("pipeline"):
        faces = suspected(2)
    page = opened(console("face reviewer"))
    people.user("face reviewer").groups.clear()
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_contain_text("Your roles do not include this")
    assert names(faces) == ["suggested", "suggested"]


def test_a_write_that_fails_brings_the_face_back_visibly(console: Console, web: None) -> None:
    with as_role("pipeline"):
        suspected(2)
    page = opened(console("face reviewer"))
    failing = page.locator("#number").text_content()
    page.route("**/faces/calls/decide", lambda route: route.abort())
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_contain_text(f"Face {failing} is back; decide it again.")


def test_without_the_role_there_are_no_faces(console: Console, people: People, web: None) -> None:
    page = console("moderator")
    for path in ("faces", "faces/groups", "faces/people", "privacy"):
        assert page.request.get(f"{page.site}/admin/{path}").status == 403


@pytest.mark.slow
def test_two_hundred_faces_by_keyboard_only(console: Console, people: People) -> None:
    suspected(180, picture=True)
    keys = ("1", "Enter", "2", "1", "w", "1", "h", "Enter", "1", "u")
    with as_role("web"):
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
        assert eventually(lambda: FaceAct.objects.count() == 180, seconds=60)
        assert eventually(lambda: FaceAct.objects.exclude(undone_at=None).count() == 20, seconds=60)
        expect(page.locator(".alarm")).to_be_hidden()
    figures.keep("faces.requests_a_decision", len(calls) / 200, "", at_most=2)


class TestGroups:
    def test_thirty_faces_are_named_with_at_most_five_keys_and_the_name(
        self, console: Console, complaints: list[str]
    ) -> None:
        faces = face_world.cluster(30, picture=False)
        face_world.cluster(2, picture=False)
        keys = 0

        def press(key: str) -> None:
            nonlocal keys
            keys += 1
            page.keyboard.press(key)

        with as_role("web"):
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
    def test_who_does_not_belong_is_left_out_and_undo_takes_the_name_off(self, console: Console) -> None:
        faces = face_world.cluster(4)
        with as_role("web"):
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

    @pytest.mark.usefixtures("web")
    def test_the_second_to_name_a_group_is_told_who_it_is(self, console: Console, people: People) -> None:
        from moderation.services import faces as services

        with as_role("pipeline"):
            faces = face_world.cluster(3)
        page = console("face reviewer")
        page.goto(f"{page.site}/admin/faces/groups/{faces[0].cluster}")
        services.name_cluster(people("face reviewer", name="petra"), faces[0].cluster, name="Bob")
        page.get_by_label("Who is it?").fill("Ana")
        page.get_by_role("button", name="Name 3 of 3").click()
        expect(page.locator(".messagelist")).to_contain_text("Somebody else has named this Bob meanwhile")
        assert names(faces) == ["Bob"] * 3


class TestPeople:
    @pytest.mark.usefixtures("complaints")
    def test_merged_split_renamed_and_hidden(self, console: Console) -> None:
        ana, anna = face_world.person("Ana", faces=3), face_world.person("Anna")
        with as_role("web"):
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

    @pytest.mark.usefixtures("web")
    def test_the_list_shows_collisions_vectors_and_what_is_updating(self, console: Console) -> None:
        with as_role("pipeline"):
            ana, _ = face_world.person("Ana"), face_world.person("ana")
        Person.objects.filter(pk=ana.pk).update(vector_state="updating")
        Face.objects.filter(person=ana).update(associated_to=ana.pk)
        page = console("face reviewer")
        page.goto(f"{page.site}/admin/faces/people")
        expect(page.get_by_text("Same name twice")).to_have_count(2)
        expect(page.get_by_text("Updating")).to_have_count(1)
        expect(page.get_by_text("1 of 100")).to_have_count(1)


def test_a_privacy_officer_sees_what_would_go_before_it_goes(console: Console, complaints: list[str]) -> None:
    ana = face_world.person("Ana", faces=2)
    with as_role("web"):
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
