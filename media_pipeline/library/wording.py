"""How the library writes sizes, dates and places."""

from __future__ import annotations

import datetime as dt

THIN = "\u2009"
MINUS = "\u2212"


def size(count: float) -> str:
    """In decimal units, as cameras and disks count."""
    if count < 1000:
        return f"{count:.0f} B"
    return f"{count / 1e3:.0f} kB" if count < 999_500 else f"{count / 1e6:.1f} MB"


def pixels(width: float, height: float) -> str:
    return f"{width:.0f} × {height:.0f}"


def day(moment: dt.date) -> str:
    return f"{moment:%a} {moment.day} {moment:%b}"


def month(moment: dt.date) -> str:
    return f"{moment:%B %Y}"


def moment(text: str) -> str:
    """Sat 12 Sep 2026, 10:42, in the time of the place where the camera was; text that is no date as it stands."""
    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{day(when)} {when:%Y, %H:%M}"


def place(latitude: float, longitude: float) -> str:
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.5f}° {north}, {abs(longitude):.5f}° {east}"


def saving(before: float, after: float) -> str:
    """How much smaller, in percent; nothing when nothing was saved."""
    percent = round(100 * (1 - after / before)) if before else 0
    return f"{MINUS}{percent}{THIN}%" if percent > 0 else ""


def roughly(count: int, *, is_rough: bool, is_more: bool) -> str:
    """~214; 1000+ where counting stopped."""
    return f"{count}+" if is_more else f"~{count}" if is_rough else f"{count}"


def days_left(days: int) -> str:
    return "Last day" if days < 1 else "1 day left" if days == 1 else f"{days} days left"


def photos_are(count: int) -> str:
    """How a sentence begins that says what became of so many."""
    return "1 photo is" if count == 1 else f"{count} photos are"
