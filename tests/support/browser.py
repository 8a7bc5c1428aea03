"""What tests in a real Chromium have in common: without one they are skipped, and `expect` is patient."""

from __future__ import annotations

import pytest

from tests.support.waiting import HANGS

expect = pytest.importorskip("playwright.sync_api", reason="pytest-playwright is not installed").expect
expect.set_options(timeout=1000 * HANGS)

IN_BROWSER = [
    pytest.mark.django_db(transaction=True),
    # pytest-playwright's plugin for addresses declares its session fixtures as pytest 9 no longer likes
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]
