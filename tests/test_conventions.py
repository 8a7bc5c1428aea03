"""What CONTRIBUTING asks of tests, as far as a program can see it."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.aws import OF_THE_WEB

TESTS = Path(__file__).parent
MAX_NAME_LENGTH = 60  # longer ones hold a clause that belongs into the docstring


def test_names_of_tests_are_short() -> None:
    names = {
        node.name
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    assert [name for name in names if len(name) > MAX_NAME_LENGTH] == []


@pytest.mark.parametrize("room", OF_THE_WEB)
def test_the_webs_tests_leave_its_role_only_for_a_reason(room: str) -> None:
    """On the line of `as_role(`, or on the one above; helpers in tests/support take the pipeline's role themselves."""
    found = []
    for path in sorted((TESTS / room).rglob("*.py")):
        lines = ["", *path.read_text().splitlines()]
        for number, (above, line) in enumerate(pairwise(lines), start=1):
            if "as_role(" in line and "  # " not in line and not above.strip().startswith("# "):
                found.append(f"{path.relative_to(TESTS)}:{number}")
    assert found == []
