"""Minutes as people say them."""

from __future__ import annotations


def duration(minutes: int) -> str:
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 2880:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // 1440} days"
