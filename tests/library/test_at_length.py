"""Thousands of photos in a real Chromium: what the main thread has to do in one go while somebody scrolls.

Counted is the processor time of each task of that thread: a frame waits for no longer than its longest task takes, and
a machine that is busy with other things does not change it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.bench import figures
from tests.conftest import Cast
from tests.library import crowd

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]
MANY = 5000
GOAL = 100  # milliseconds
# In traces with more detail the longest tasks were garbage collections of 5,000 tiles, 75 to 115 ms on two busy cores,
# and the page's own none above 60: the goal is reported, and this is what may not be got worse unseen.
CEILING = 150
SCROLL = """(most) => new Promise((done) => {
    let still = 0;
    const go = () => {
        const before = scrollY;
        scrollBy(0, 150);
        still = scrollY === before ? still + 1 : 0;
        const isAll = !document.querySelector('.more') || document.querySelectorAll('.tile').length >= most;
        if ((isAll && still > 30) || still > 3000) done(); else requestAnimationFrame(go);
    };
    go();
})"""
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
    .observe({ type: 'largest-contentful-paint', buffered: true }))"""


def test_a_first_page_is_painted_within_a_second(visitor: Page, live_server: Any, cast: Cast) -> None:
    crowd.crowd(str(cast.owner.pk), 120, months=3)
    page = visitor
    page.goto(live_server.url)  # the server reads its templates
    page.goto(live_server.url)
    page.wait_for_load_state("networkidle")
    painted = page.evaluate(PAINTED)
    figures.keep("library.largest_paint", painted, "ms", at_most=1000)
    assert painted < 1000


@pytest.fixture
def many(visitor: Page, live_server: Any, cast: Cast) -> Page:
    crowd.crowd(str(cast.owner.pk), MANY, months=14)
    visitor.set_default_timeout(600_000)
    return visitor


def test_scrolling_through_thousands_never_holds_up_a_frame(many: Page, live_server: Any) -> None:
    page = many
    page.goto(live_server.url)
    page.wait_for_load_state("networkidle")
    browser = page.context.browser
    assert browser
    browser.start_tracing(page=page, categories=["toplevel"])
    page.evaluate(SCROLL, MANY)
    longest = longest_task(json.loads(browser.stop_tracing()))
    assert page.locator("#months .tile").count() == MANY
    figures.keep(f"library.scroll_{MANY}.longest_task", longest, "CPU ms", at_most=GOAL)
    assert longest < CEILING


def longest_task(trace: dict[str, Any]) -> float:
    """In milliseconds of processor time, of the page's own main thread: that with the most tasks."""
    events = trace["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks: dict[tuple[int, int], list[float]] = {thread: [] for thread in mains}
    for event in events:
        thread = (event["pid"], event["tid"])
        if thread in mains and event["ph"] == "X" and "RunTask" in event["name"]:
            tasks[thread].append(event.get("tdur", 0) / 1000)
    return max(max(tasks.values(), key=len))
