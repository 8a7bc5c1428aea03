"""Hours of work in minutes: two hundred decisions by keyboard, two people on one queue, a browser that dies.

What is measured is kept with the other figures of `make bench`.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from tests.bench import figures
from tests.support.browser import IN_BROWSER, expect
from tests.support.cases import waiting_image
from tests.support.moderators import People
from tests.support.waiting import HANGS, eventually

pytestmark = [pytest.mark.slow, *IN_BROWSER]
Console = Callable[..., Any]
# From the last key until a frame is drawn that has the next case and its decoded image.
STOPWATCH = """() => {
  window.painted = [];
  let pressed = 0, shown = document.querySelector("#number").textContent;
  addEventListener("keydown", () => { pressed = performance.now(); }, true);
  const look = () => {
    const now = document.querySelector("#number").textContent, image = document.querySelector(".frame .blur");
    if (now !== shown && image?.complete) { shown = now; window.painted.push(performance.now() - pressed); }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
# A key every tenth of a second, as long as there is a case.
MODERATOR = """() => setInterval(() => {
  if (document.querySelector("#empty").checkVisibility()) return;
  document.querySelector("#stage").dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
}, 100)"""
# When the page looked for work, by its own clock.
LOOKS = """() => {
  const really = fetch;
  window.looks = [];
  window.fetch = (...asked) => { window.looks.push(Date.now()); return really(...asked); };
}"""
MIX = ("a", "a", "r2", "a", "rr", "a", "t6", "a", "r1", "u")


def review(page: Any) -> Any:
    page.goto(f"{page.site}/admin/review")
    expect(page.locator(".strip .now")).to_be_visible()
    return page


def press(page: Any, keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def until(page: Any, question: Callable[[], bool]) -> None:
    """While the browser goes on."""
    deadline = time.monotonic() + 2 * HANGS
    while not question():
        assert time.monotonic() < deadline, "it never came"
        page.wait_for_timeout(100)


def decisions_in(image_id: str) -> int:
    from media_pipeline.record.models import Image
    from media_pipeline.review import audit

    record = Image.load(image_id)
    assert record is not None
    return sum(entry.what == "decided" for entry in audit.trail(record))


def test_two_hundred_mixed_decisions_by_keyboard_only(console: Console, people: People) -> None:
    for _ in range(190):
        waiting_image(picture=True)
    page = console("moderator")
    weights: dict[str, int] = {}

    def weigh(answer: Any) -> None:
        if answer.request.resource_type in {"document", "script", "stylesheet"}:
            weights[answer.url] = len(answer.body())

    page.on("response", weigh)
    review(page)
    page.wait_for_load_state("networkidle")
    own = sum(size for url, size in weights.items() if ".js" in url)
    figures.keep("console.page_cold", sum(weights.values()) / 1000, "KB", at_most=120)
    figures.keep("console.own_javascript", own / 1000, "KB", at_most=15)
    calls: list[tuple[int, int]] = []
    page.on("response", lambda answer: calls.append(_sizes(answer)) if "/review/calls/" in answer.url else None)
    page.evaluate(STOPWATCH)
    for keys in itertools.islice(itertools.cycle(MIX), 200):
        expect(page.locator(".strip .next").first).to_be_attached()
        before = page.evaluate("painted.length")
        press(page, keys)
        while page.evaluate("painted.length") <= before:  # the page's policy lets nobody wait there for an expression
            page.wait_for_timeout(20)
        page.wait_for_timeout(60)
    until(page, lambda: len(calls) >= 200)  # the writes go out one after the other, behind the keys
    painted = sorted(page.evaluate("window.painted"))
    assert not page.locator(".alarm").is_visible()
    assert len(painted) >= 190
    figures.keep("console.key_to_painted_median", statistics.median(painted), "ms", at_most=50)
    figures.keep("console.key_to_painted_p95", painted[int(len(painted) * 0.95)], "ms", at_most=150)
    figures.keep("console.requests_a_decision", len(calls) / 200, "", at_most=2)
    figures.keep("console.bytes_a_decision", statistics.median(sum(sizes) for sizes in calls), "bytes", at_most=3000)


def _sizes(answer: Any) -> tuple[int, int]:
    """Of request and answer as JSON, signed addresses left out."""
    return len(answer.request.post_data or ""), len(re.sub(r'https?://[^"\\\\]*', "", answer.text()))


def test_two_people_empty_a_queue_of_five_hundred(console: Console, people: People, browser: Any) -> None:
    from moderation.models import ReviewCase

    ids = [waiting_image().image_id for _ in range(500)]
    contexts = [browser.new_context() for _ in range(2)]
    pages = [
        review(console("moderator", name=name, context=context))
        for name, context in zip(("one", "two"), contexts, strict=True)
    ]
    for page in pages:
        page.evaluate(MODERATOR)
    until(pages[0], lambda: not ReviewCase.objects.exclude(state="decided").exists())
    times = [decisions_in(image_id) for image_id in ids]
    for context in contexts:
        context.close()
    assert times == [1] * 500
    assert not ReviewCase.objects.exclude(leased_by=None).exists()
    deciders = set(ReviewCase.objects.values_list("decided_by", flat=True))
    assert deciders == {people("moderator", name=name).id for name in ("one", "two")}
    figures.keep("console.decided_twice_or_lost_of_500", sum(count != 1 for count in times), "cases", at_most=0)


def test_the_cases_of_a_killed_browser_come_back(console: Console, people: People, browser: Any) -> None:
    from moderation.models import ReviewCase
    from moderation.services.cases import leases

    for _ in range(5):
        waiting_image()
    doomed, heir = browser.new_context(), browser.new_context()
    review(console("moderator", name="one", context=doomed))
    other = console("moderator", name="two", context=heir)
    other.clock.install()
    other.goto(f"{other.site}/admin/review")
    expect(other.locator("#empty")).to_be_visible()
    other.clock.pause_at(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
    doomed.route("**/review/calls/**", lambda route: route.abort())  # not even a farewell gets out
    doomed.close()
    ReviewCase.objects.update(leased_until=timezone.now() + dt.timedelta(seconds=2))  # all but the last of its lease
    assert eventually(lambda: ReviewCase.objects.filter(leases.FREE).count() == 5)
    over = other.evaluate("Date.now()")
    other.evaluate(LOOKS)
    other.clock.run_for(5_500)
    expect(other.locator(".strip .now")).to_be_visible()
    back = (other.evaluate("looks[0]") - over) / 1000
    heir.close()
    figures.keep("console.killed_browser_beyond_its_lease", back, "s", at_most=5)
    assert back < 5.5
