"""What all jobs of forgetting share: the shape of a step, and how it counts."""

from __future__ import annotations

import time
from collections.abc import Callable

from moderation.models import Erasure

# Removes what is left, until `deadline` (of time.monotonic); True when nothing is.
Step = tuple[str, Callable[[Erasure, float], bool]]


def count(erasure: Erasure, what: str, number: int) -> None:
    """So much was removed. Written down with the step, so a crash may leave some of it uncounted."""
    if number:
        erasure.removed[what] = erasure.removed.get(what, 0) + number


def is_late(deadline: float) -> bool:
    return time.monotonic() > deadline
