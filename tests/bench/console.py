"""The moderators' console in a real Chromium; the figures come from the proofs in tests/moderation/test_at_work.py."""

from __future__ import annotations

import sys

import pytest

from tests.bench import figures


def main() -> None:
    figures.heading("The moderation console")
    status = pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-m", "slow", "tests/moderation/test_at_work.py"])
    if status:
        sys.exit(int(status))


if __name__ == "__main__":
    main()
