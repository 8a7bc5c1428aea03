"""What the review page says beside an image, rendered here: the page only puts it in its place."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from moderation.durations import duration
from moderation.models import ContentPolicy

INDENTATION = re.compile(r"\n\s+")
WIRE = ("id", "blur", "w", "h", "title")


def sent(bundle: dict[str, Any], policies: dict[int, ContentPolicy]) -> dict[str, Any]:
    """A case as the page gets it: what the keys need to know, and the rest as HTML."""
    policy = policies.get(bundle["suggested"])
    return {
        **{name: bundle[name] for name in WIRE},
        "boxes": "".join(f"M{x:g} {y:g}h{width:g}v{height:g}h{-width:g}z" for x, y, width, height in bundle["boxes"]),
        "suggested": policy.code if policy else "",
        "panel": panel(bundle, policy),
    }


def panel(bundle: dict[str, Any], policy: ContentPolicy | None) -> SafeString:
    shown = {
        **bundle,
        "number": bundle["id"][-6:],
        "clock": clock(bundle["due"], bundle["sla"]),
        "labels": [_label(*label) for label in bundle["labels"]],
        "policy": policy,
        "copies": [] if bundle["appeal"] else bundle["copies"],
        "history": [(at, what, _ago(at)) for at, what in bundle["history"]],
    }
    return compact(render_to_string("console/case_panel.html", shown))


def compact(html: SafeString) -> SafeString:
    """Without the lines' indentation, which every decision would carry to the page."""
    return SafeString(INDENTATION.sub(" ", html))


def clock(left: int, allowed: int) -> SafeString:
    """How long until a case is due, in seconds: a ring and words."""
    text = f"{duration(abs(left) // 60)} {'over' if left < 0 else 'left'}"
    tone = "over" if left < 0 else "soon" if left < allowed / 4 else ""
    share = 100 if left < 0 else min(100, left * 100 // allowed)
    return compact(render_to_string("console/clock.html", {"text": text, "tone": tone, "share": share}))


def _label(name: str, score: float, limit: float, level: int) -> tuple[str, str, str, int, str]:
    side = "above" if score >= limit > 0 else "below"
    return name, f"{score:.1f}", f"{limit:g}", min(level, 2), side


def _ago(at: str) -> str:
    if not at:
        return ""
    minutes = int((timezone.now() - dt.datetime.fromisoformat(at)).total_seconds() // 60)
    return f"{duration(minutes)} ago" if minutes > 0 else "now"
