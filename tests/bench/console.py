"""The console in a real Chromium; its figures come from the proofs in tests/moderation: at work, and on faces."""

from __future__ import annotations

import sys

import pytest

from tests.bench import figures


def main() -> None:
    figures.heading("The moderation console")
    proofs = ["tests/moderation/in_browser/test_at_work.py", "tests/moderation/in_browser/test_face_review.py"]
    status = pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-m", "slow", *proofs])
    if status:
        sys.exit(int(status))


if __name__ == "__main__":
    main()
