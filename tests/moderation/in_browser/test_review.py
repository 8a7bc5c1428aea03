"""Moderators at work in a real Chromium: by keyboard, two at once, with servers that fail and browsers that die."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.support.browser import IN_BROWSER, expect
from tests.support.cases import waiting_image
from tests.support.moderators import People
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = IN_BROWSER
Console = Callable[..., Any]


def images(count: int, **facts: Any) -> list[str]:
    return [waiting_image(picture=True, **facts).image_id for _ in range(count)]


def review(page: Any, view: str = "") -> Any:
    page.goto(f"{page.site}/admin/review{'?view=' + view if view else ''}")
    expect(page.locator(".strip .now")).to_be_visible()
    return page


def number(page: Any) -> str:
    return str(page.locator("#number").text_content())


def states(ids: list[str]) -> list[str]:
    from moderation.models import ReviewCase

    known = dict(ReviewCase.objects.filter(pk__in=ids).values_list("pk", "verdict"))
    return [known[image_id] for image_id in ids]


def test_every_decision_by_keyboard(console: Console, people: People, complaints: list[str]) -> None:
    ids = images(5)
    page = review(console("moderator"))
    page.keyboard.press("a")
    page.keyboard.press("r")
    page.keyboard.press("2")
    page.keyboard.press("r")
    page.keyboard.press("r")
    page.keyboard.press("t")
    page.keyboard.press("6")
    page.keyboard.press("e")
    page.keyboard.type("Is this art?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#empty")).to_be_visible()
    assert eventually(lambda: states(ids) == ["allow", "remove", "remove", "restrict", ""])


def test_undo_brings_the_case_back_and_takes_the_decision_back(console: Console, complaints: list[str]) -> None:
    ids = images(3)
    page = review(console("moderator"))
    first = number(page)
    page.keyboard.press("a")
    page.keyboard.press("a")
    page.keyboard.press("u")
    page.keyboard.press("Control+z")
    expect(page.locator("#number")).to_have_text(first)
    assert eventually(lambda: states(ids) == ["", "", ""])


def test_no_clear_pixel_before_a_reveal_and_none_after_it(
    console: Console, people: People, complaints: list[str]
) -> None:
    from moderation.models import Exposure

    images(6)
    page = console("moderator")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    review(page)
    page.wait_for_load_state("networkidle")
    assert not [url for url in fetched if "/thumbnails/" in url or "/original/" in url]
    page.keyboard.down("Space")
    expect(page.locator(".frame .clear")).to_be_visible()
    page.keyboard.up("Space")
    expect(page.locator(".frame .clear")).to_have_count(0)
    assert len([url for url in fetched if "/thumbnails/large/" in url]) == 1
    page.keyboard.press("a")
    assert eventually(lambda: Exposure.objects.filter(reveals=1, milliseconds__gt=0).exists())


def test_a_write_that_fails_brings_the_case_back_visibly(console: Console) -> None:
    ids = images(3)
    page = review(console("moderator"))
    failing = number(page)
    page.route("**/review/calls/decide", lambda route: route.abort())
    page.keyboard.press("a")
    expect(page.get_by_role("alert")).to_contain_text(f"Case {failing} is back; decide it again.")
    expect(page.locator("#number")).to_have_text(failing)
    page.unroute("**/review/calls/decide")
    page.keyboard.press("a")
    assert eventually(lambda: states(ids).count("allow") == 1)


def test_somebody_else_was_faster_and_is_named(console: Console, people: People) -> None:
    from media_pipeline.review.verdicts import Outcome
    from moderation.models import ReviewCase
    from moderation.services.cases import decisions

    ids = images(2)
    page = review(console("moderator"))
    ReviewCase.objects.update(leased_by=None, leased_until=None)
    other = people("moderator", name="petra")
    decisions.decide(other, ids[:1], Outcome.ALLOW, batch="other")
    page.keyboard.press("r")
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_contain_text("Decided by petra meanwhile")
    assert states(ids)[0] == "allow"


def test_duplicates_are_decided_together_but_those_left_out(console: Console, complaints: list[str]) -> None:
    from moderation.models import ReviewCase

    ids = images(4)
    ReviewCase.objects.filter(pk__in=ids).update(group=ids[0])
    page = review(console("moderator"))
    expect(page.locator(".copies button")).to_have_count(3)
    page.keyboard.press("d")
    page.keyboard.press("Space")
    page.locator("#stage").focus()
    page.keyboard.press("a")
    assert eventually(lambda: states(ids).count("allow") == 3)
    page.keyboard.press("u")
    assert eventually(lambda: states(ids).count("allow") == 0)


def test_keys_can_be_changed_and_switched_off(console: Console, complaints: list[str]) -> None:
    ids = images(2)
    page = console("moderator")
    page.goto(f"{page.site}/admin/settings")
    page.get_by_label("Allow:").fill("w")
    page.get_by_role("button", name="Save").click()
    review(page).keyboard.press("a")
    page.keyboard.press("w")
    assert eventually(lambda: states(ids).count("allow") == 1)
    page.goto(f"{page.site}/admin/settings")
    page.get_by_label("switch single-letter keys off", exact=False).check()
    page.get_by_role("button", name="Save").click()
    review(page).keyboard.press("w")
    page.get_by_role("button", name="Allow").click()
    assert eventually(lambda: states(ids).count("allow") == 2)


def test_leaving_the_page_gives_the_cases_back(console: Console, complaints: list[str]) -> None:
    from moderation.models import ReviewCase

    images(3)
    page = review(console("moderator"))
    assert ReviewCase.objects.exclude(leased_by=None).count() == 3
    page.goto(f"{page.site}/admin/")
    assert eventually(lambda: not ReviewCase.objects.exclude(leased_by=None).exists())


def test_a_role_taken_away_mid_session_stops_the_next_decision(console: Console, people: People) -> None:
    ids = images(2)
    page = review(console("moderator"))
    people.user("moderator").groups.clear()
    page.keyboard.press("a")
    expect(page.get_by_role("alert")).to_contain_text("Your roles do not include this")
    assert states(ids) == ["", ""]


def test_a_moderator_finds_everything_from_the_queue(console: Console, people: People, complaints: list[str]) -> None:
    ids = images(3, filename="harbour.jpg")
    page = console("moderator")
    page.goto(f"{page.site}/admin/moderation/reviewcase/")
    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    page.locator("#action-toggle").check()
    page.get_by_label("Action:").select_option("allow")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.locator(".messagelist")).to_contain_text("3 allowed.")
    assert states(ids) == ["allow"] * 3
    page.get_by_label("Search", exact=True).fill(ids[0])
    page.get_by_role("link", name="All", exact=True).first.click()
    expect(page.locator("#result_list tbody tr")).to_have_count(3)


def test_two_people_share_a_queue_without_a_double(
    console: Console, people: People, browser: Any, complaints: list[str]
) -> None:
    from moderation.models import ReviewCase

    images(4)
    one = review(console("moderator", name="one"))
    context: BrowserContext = browser.new_context()
    two = console("moderator", name="two", context=context)
    two.goto(f"{two.site}/admin/review")
    expect(two.locator("#empty")).to_be_visible()  # the other one has them all
    assert set(ReviewCase.objects.values_list("leased_by__username", flat=True)) == {"one"}
    one.goto(f"{one.site}/admin/")
    expect(two.locator(".strip .now")).to_be_visible()
    context.close()
