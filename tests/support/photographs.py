"""Photographs of people are not in the repository, but beside it or where PHOTOGRAPHS says. Without them tests skip."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[3] / "shared" / "photos"
FACES = Path(os.environ.get("PHOTOGRAPHS", BESIDE)) / "faces"

with_photographs = pytest.mark.skipif(not FACES.is_dir(), reason=f"there are no photographs in {FACES}")
