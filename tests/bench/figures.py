"""Figures with their goals, printed as they come and kept in .local/bench.json, where those of other runs stay."""

from __future__ import annotations

import json
import sys
from pathlib import Path

_FILE = Path(__file__).parents[2] / ".local" / "bench.json"


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def heading(text: str) -> None:
    say(f"\n{text}\n{'-' * len(text)}")


def keep(name: str, value: float, unit: str, *, at_least: float | None = None, at_most: float | None = None) -> None:
    """Prints the figure and merges it into the file; without a goal it holds whatever it is."""
    holds = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
    goal = at_least if at_least is not None else at_most
    sign = "≥" if at_least is not None else "≤"
    verdict = "" if goal is None else f"  goal {sign} {goal:g}: {'holds' if holds else 'MISSED'}"
    say(f"{name:50} {value:10.3f} {unit:10}{verdict}")
    known = json.loads(_FILE.read_text()) if _FILE.exists() else {}
    known[name] = {"value": round(value, 3), "unit": unit, "goal": goal, "holds": holds}
    _FILE.parent.mkdir(exist_ok=True)
    _FILE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
