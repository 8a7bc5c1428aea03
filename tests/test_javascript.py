"""Our JavaScript modules import each other one way, and only what is there."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STATIC = {
    "library": ROOT / "media_pipeline/library/static/library",
    "console": ROOT / "moderation/static/console",
}
MODULES = sorted(path for folder in STATIC.values() for path in folder.glob("*.js"))
# `import ... from "./a.js"`, `import "./a.js"` and `await import("./a.js")`: a circle through the last is one as well.
IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']+)["']""")


def imported_by(module: Path) -> set[Path]:
    """They are served from one folder: what is ../library/ there lies elsewhere here."""
    found = (served(module) / path for path in IMPORT.findall(module.read_text()))
    return {STATIC[path.resolve().parent.name] / path.name for path in found}


def served(module: Path) -> Path:
    return Path("/static") / module.parent.name


def circle_among(modules: dict[Path, set[Path]]) -> list[str]:
    try:
        TopologicalSorter(modules).prepare()
    except CycleError as circle:
        return [path.name for path in circle.args[1]]
    return []


def test_what_is_imported_is_there() -> None:
    imported = set.union(*map(imported_by, MODULES))
    assert len(imported) > 20
    assert imported <= set(MODULES)


def test_no_module_imports_itself_in_a_circle() -> None:
    assert circle_among({module: imported_by(module) for module in MODULES}) == []


@pytest.mark.parametrize("statement", ['import { b } from "./b.js";', 'import "./b.js";', 'await import("./b.js")'])
def test_a_circle_is_found(tmp_path: Path, statement: str) -> None:
    assert IMPORT.findall(statement) == ["./b.js"]
    a, b = tmp_path / "a.js", tmp_path / "b.js"
    assert set(circle_among({a: {b}, b: {a}})) == {"a.js", "b.js"}
