"""Strings that break things elsewhere."""

from __future__ import annotations

HARMLESS = [  # odd, and yet what a person may write: kept as it is
    "Robert'); DROP TABLE images;--",
    '<script>alert("x")</script><img src=x onerror=alert(1)>',
    "{{7*7}} ${7*7} %s %n",
    "🌄👨‍👩‍👧‍👦",
    "\u202egpj.exe",
    "Zoë Ångström שלום 北京",
    "../../etc/passwd",
]
REFUSED = ["x" * 10_000, " " * 2001 + "x", "a\x00b", "\ud800", "\udfff half a pair"]
REFUSED_NAMES = ["too long", "too many blanks", "null byte", "surrogate", "half a pair"]
