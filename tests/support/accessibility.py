"""What axe-core objects to on a page as it is shown now: WCAG 2.2, levels A and AA, and its best practices."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Literal

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS: dict[str, Any] = {"runOnly": TAGS, "resultTypes": ["violations"]}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
AXE = Axe()
# Axe.run would hand over all that passed as well, which takes as long as finding it.
FINDINGS = """async (options) => (await axe.run(options)).violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id} at ${node.target.join(" ")}: ${node.failureSummary}`))"""
SIZES = ((390, 844), (1366, 768))


def findings(page: Page) -> list[str]:
    """One line a finding: the rule, where, and what axe says of it. Empty is what a test wants."""
    if page.evaluate("!('axe' in window)"):  # half a megabyte to read, once a page
        page.evaluate(AXE.axe_script)
    found: list[str] = page.evaluate(FINDINGS, OPTIONS)
    return found


def views(page: Page) -> Iterator[str]:
    """Show the page in both themes on a phone and a desk, one after the other; the name of each.

    Motion is off: in the middle of a transition any contrast is too low.
    """
    for theme, (width, height) in product(THEMES, SIZES):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": height})
        yield f"{theme}, {width} wide"
