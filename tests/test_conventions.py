"""What CONTRIBUTING asks of tests, as far as a program can see it."""

from __future__ import annotations

import ast
from pathlib import Path

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
