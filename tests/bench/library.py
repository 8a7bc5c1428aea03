"""The media library in a real Chromium, by the proofs of tests/library/in_browser/test_many_photos.py."""

from __future__ import annotations

import sys

import pytest

from tests.bench import figures


def main() -> None:
    figures.heading("The media library")
    status = pytest.main(
        ["-q", "-s", "-p", "no:cacheprovider", "-m", "slow", "tests/library/in_browser/test_many_photos.py"]
    )
    if status:
        sys.exit(int(status))


if __name__ == "__main__":
    main()
