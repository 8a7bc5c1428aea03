"""What tests promise each other, read from their text."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


@pytest.mark.parametrize("room", ["api", "library", "moderation", "albums", "access", "images", "search", "storage"])
def test_the_webs_tests_leave_its_role_only_for_a_reason(room: str) -> None:
    """On the line of `as_role(`, or on the one above; helpers in tests/support take the pipeline's role themselves."""
    found = []
    for path in sorted((TESTS / room).rglob("*.py")):
        lines = ["", *path.read_text().splitlines()]
        for number, (above, line) in enumerate(pairwise(lines), start=1):
            if "as_role(" in line and "  # " not in line and not above.strip().startswith("# "):
                found.append(f"{path.relative_to(TESTS)}:{number}")
    assert found == []
