"""For what happens in another thread or process: a browser, the dispatcher."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(question: Callable[[], object], *, seconds: float = 20) -> bool:
    """Whether the answer becomes yes in that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.05)
    return False
