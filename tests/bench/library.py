"""The media library in a real Chromium; the figures come from the proofs in tests/library/test_at_length.py."""

from __future__ import annotations

import sys

import pytest

from tests.bench import figures


def main() -> None:
    figures.heading("The media library")
    status = pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-m", "slow", "tests/library/test_at_length.py"])
    if status:
        sys.exit(int(status))


if __name__ == "__main__":
    main()
