"""What tests promise each other, read from their text."""

from __future__ import annotations

import ast
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.aws import OF_THE_WEB

TESTS = Path(__file__).parent
MAX_NAME_LENGTH = 60  # longer ones hold a clause that belongs into the docstring


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


def test_names_of_tests_are_short() -> None:
    names = {
        node.name
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    assert [name for name in names if len(name) > MAX_NAME_LENGTH] == []


def test_a_file_holds_one_thing_and_a_folder_few() -> None:
    """At most 300 lines a file, 40 a function and 20 modules a folder; migrations are Django's."""
    files = [
        path
        for room in ("config", "media_pipeline", "moderation", "tests")
        for path in (TESTS.parent / room).rglob("*.py")
        if "migrations" not in path.parts
    ]
    assert [str(path) for path in files if len(path.read_text().splitlines()) > 300] == []
    functions = [
        f"{path}: {node.name}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert functions == []
    folders = Counter(path.parent for path in files if path.name != "__init__.py")
    assert {str(folder): count for folder, count in folders.items() if count > 20} == {}
