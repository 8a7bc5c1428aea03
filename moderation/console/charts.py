"""Charts as SVG, drawn on the server: presentation attributes only, so that the page needs no inline style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 480, 160
LEFT, RIGHT, BOTTOM = 44, 20, 24


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What templates/console/chart.html draws; `columns` and `rows` say the same as a table."""

    title: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    bars: list[Bar] = field(default_factory=list)
    points: str = ""
    marks: list[tuple[float, str]] = field(default_factory=list)
    ticks: list[tuple[float, str]] = field(default_factory=list)
    top: str = ""
    columns: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list)


def bars(
    title: str,
    columns: tuple[str, ...],
    data: Sequence[tuple[str, Sequence[float]]],
    *,
    most: float | None = None,
    unit: str = "",
) -> Chart:
    """Groups of bars: each entry is its label and one value for each column after the first."""
    peak = most or max((value for _, values in data for value in values), default=0) or 1
    slot = (WIDTH - LEFT) / max(1, len(data))
    wide = slot * 0.8 / max(1, len(columns) - 1)
    every = max(1, len(data) // 8)
    drawn = [
        _bar(LEFT + place * slot + slot * 0.1 + number * wide, wide, value / peak, number, f"{label}: {value:g}{unit}")
        for place, (label, values) in enumerate(data)
        for number, value in enumerate(values)
    ]
    return Chart(
        title=title,
        bars=drawn,
        ticks=[(round(LEFT + (n + 0.5) * slot, 1), label) for n, (label, _) in enumerate(data) if n % every == 0],
        top=f"{peak:g}{unit}",
        columns=columns,
        rows=[(label, *(f"{value:g}{unit}" for value in values)) for label, values in data],
    )


def _bar(x: float, width: float, share: float, number: int, label: str) -> Bar:
    height = (HEIGHT - BOTTOM - 12) * min(1, share)
    return Bar(
        round(x, 1), round(HEIGHT - BOTTOM - height, 1), round(width, 1), round(height, 1), f"series{number}", label
    )


def line(data: Sequence[tuple[int, int]], *, marks: Sequence[tuple[str, float]]) -> Chart:
    """Images flagged by default threshold, with the thresholds in question marked."""
    peak = max((count for _, count in data), default=0) or 1
    first, last = data[0][0], data[-1][0]

    def across(percent: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (percent - first) / (last - first), 1)

    points = " ".join(f"{across(p)},{round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 12) * n / peak, 1)}" for p, n in data)
    return Chart(
        title="Flagged images by default threshold",
        points=points,
        marks=[(across(percent), name) for name, percent in marks if first <= percent <= last],
        ticks=[(across(percent), f"{percent} %") for percent, _ in data[::2]],
        top=str(peak),
        columns=("Threshold", "Flagged"),
        rows=[(f"{percent} %", str(count)) for percent, count in data],
    )
