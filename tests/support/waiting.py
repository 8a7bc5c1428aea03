"""For what happens in another thread or process: a browser, the dispatcher.

Tests wait for events. The bound ends a test whose event never comes; however busy a machine is, it judges nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

HANGS = 300  # seconds


def eventually(question: Callable[[], object], *, seconds: float = HANGS) -> bool:
    """Whether the answer becomes yes in that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.05)
    return False
