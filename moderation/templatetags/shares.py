"""{{ precision|share }}: a ratio as people read it, and a dash where there is none."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def share(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio * 100:.1f} %"
