"""The docs say what is true: every setting with its default, and no dead link."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from media_pipeline.conf import PREFIX, Conf

ROOT = Path(__file__).parent.parent
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text()
DOCUMENTED = dict(re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)?", CONFIGURATION, re.MULTILINE))


def default_text(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return ",".join(map(str, value))
        case _:
            return str(value)


@pytest.mark.parametrize("field", dataclasses.fields(Conf), ids=lambda field: field.name)
def test_every_knob_is_documented_with_its_default(field: dataclasses.Field[object]) -> None:
    assert DOCUMENTED[PREFIX + field.name.upper()] == default_text(field.default)


def test_every_variable_of_the_settings_is_documented() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text()))
    assert read - {"AWS_ENDPOINT_URL"} <= DOCUMENTED.keys()


def test_nothing_is_documented_that_is_not_there() -> None:
    sources = (ROOT / "config" / "settings.py").read_text()
    knobs = {PREFIX + field.name.upper() for field in dataclasses.fields(Conf)}
    assert {name for name in DOCUMENTED if name not in knobs and f'"{name}"' not in sources} == set()


@pytest.mark.parametrize(
    "document", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]), ids=lambda document: document.name
)
def test_links_and_named_files_exist(document: Path) -> None:
    text = document.read_text()
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    missing = [link for link in links if not (document.parent / link).exists()]
    named = re.findall(r"`((?:media_pipeline|moderation|config|tests|docs)/[\w/]+\.(?:py|md|yaml|json))`", text)
    missing += [path for path in named if not (ROOT / path).exists() and "blur_hash" not in path]
    assert not missing


def test_the_tour_has_every_package() -> None:
    """One line each; what lies deeper than a room is told of in its own line."""
    tour = (ROOT / "docs" / "architecture.md").read_text()
    told_of = set(re.findall(r"^\| `([\w/]+)/` \|", tour, re.MULTILINE))
    folders = {
        str(path.parent.relative_to(ROOT))
        for room in ("config", "media_pipeline", "moderation")
        for path in (ROOT / room).rglob("__init__.py")
    }
    rooms = {folder for folder in folders if folder.count("/") == 1 or folder.startswith("moderation/services/")}
    assert told_of - {"config"} == rooms - {"moderation/services", "moderation/migrations"}
