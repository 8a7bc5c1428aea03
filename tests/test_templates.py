"""Templates, scripts and styles stay readable: no long lines, and no tag of which a condition holds only a part."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
ROOT = REPOSITORY / "templates"
TEMPLATES = sorted(ROOT.rglob("*.html"))
STATIC = [path for app in ("media_pipeline", "moderation") for path in (REPOSITORY / app).rglob("static/**/*.*s")]
LINE_LENGTH = 120
VOID = {"br", "hr", "img", "input", "link", "meta", "source"}
BRANCHES = {"elif", "else", "empty"}
TOKEN = re.compile(
    r"""\{\#.*?\#\}|\{\{.*?\}\}|<![^>]*>
    |\{%\s*(?P<tag>\w+).*?%\}
    |</(?P<closed>[a-z][\w-]*)
    |<(?P<opened>[a-z][\w-]*)
    |(?P<sign>/?>|["'])""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Place:
    """Where in the HTML: within which elements, in whose tag, in which quotes."""

    elements: tuple[str, ...] = ()
    tag: str = ""
    quote: str = ""


@dataclass
class Reader:
    """Reads a template as it stands, without running it, and notes where a condition cuts a tag or an element."""

    paired: set[str]  # template tags with an end
    place: Place = Place()
    conditions: list[tuple[str, Place]] = field(default_factory=list)
    cuts: list[str] = field(default_factory=list)

    def read(self, token: re.Match[str]) -> None:
        elements, tag, quote = self.place.elements, self.place.tag, self.place.quote
        if token["tag"]:
            self.read_condition(token["tag"])
        elif quote:
            self.place = Place(elements, tag, "" if token["sign"] == quote else quote)
        elif tag:
            self.read_in_tag(token["sign"])
        elif token["opened"]:
            self.place = Place(elements, token["opened"])
        elif token["closed"]:
            if elements[-1:] != (token["closed"],) or self.is_of_outside():
                self.cuts.append(f"{token[0]}> closes what was not opened here")
            self.place = Place(elements[:-1])

    def is_of_outside(self) -> bool:
        return bool(self.conditions) and len(self.place.elements) <= len(self.conditions[-1][1].elements)

    def read_in_tag(self, sign: str | None) -> None:
        elements, tag = self.place.elements, self.place.tag
        if sign in {'"', "'"}:
            self.place = Place(elements, tag, sign)
        elif sign == ">" and tag not in VOID:
            self.place = Place((*elements, tag))
        elif sign:
            self.place = Place(elements)

    def read_condition(self, name: str) -> None:
        if name in self.paired:
            self.conditions.append((name, self.place))
        elif name in BRANCHES or name.startswith("end"):
            opened, place = self.conditions[-1]
            if self.place != place:
                self.cuts.append(f"{name} stands at {self.place}, its {opened} at {place}")
            if name.startswith("end"):
                self.conditions.pop()


def cuts(source: str) -> list[str]:
    reader = Reader(paired=set(re.findall(r"\{%\s*end(\w+)", source)))
    for token in TOKEN.finditer(source):
        reader.read(token)
    return reader.cuts


@pytest.mark.parametrize(
    "source",
    [
        '<b class="{% if a %}x">1{% else %}y">2{% endif %}</b>',
        '{% if a %}<b class="x">{% endif %}1{% if a %}</b>{% endif %}',
        "<b{% if a %}>1{% else %} x>2{% endif %}</b>",
        "<ul><li>{% for a in b %}</li><li>{% endfor %}</li></ul>",
        "<p>{% with a=b %}</p>{% endwith %}",
        "<p><b></p></b>",
    ],
)
def test_a_cut_is_found(source: str) -> None:
    assert cuts(source)


@pytest.mark.parametrize(
    "source",
    [
        '<b {% if a == "x>" %}class="x"{% endif %}>{% if a > b %}1{% else %}<i>2</i>{% endif %}</b>',
        """<img alt="{% if a %}it's{% else %}</b>{% endif %}">{# </p> #}<br>""",
        "{% for a in b %}<svg><path/></svg>{% empty %}<p>{{ c }}</p>{% endfor %}",
    ],
)
def test_what_is_whole_is_no_cut(source: str) -> None:
    assert not cuts(source)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_tag_is_cut_in_two_by_a_condition(path: Path) -> None:
    assert cuts(path.read_text()) == []


def test_lines_are_short() -> None:
    assert {path.suffix for path in STATIC} == {".css", ".js"}
    files = [*TEMPLATES, *STATIC]
    lines = [(path, number, line) for path in files for number, line in enumerate(path.read_text().split("\n"), 1)]
    assert [f"{path.name}:{number}" for path, number, line in lines if len(line) > LINE_LENGTH] == []
