"""What the recorder's handler was invoked with, read from the file that it writes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.local_aws.emulator import Emulator
from tests.support.waiting import HANGS


@dataclass(frozen=True)
class Recorder:
    """A running dispatcher whose handlers only write down what they get."""

    aws: Emulator
    file: Path

    def seen(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool], count: int = 1) -> list[dict[str, Any]]:
        """The invocations that are wanted, as soon as there are `count`; fails when they never come."""
        deadline = time.monotonic() + HANGS
        while time.monotonic() < deadline:
            if len(found := [line for line in self.seen() if wanted(line)]) >= count:
                return found
            time.sleep(0.01)
        pytest.fail(f"Only {self.seen()} was invoked.")
