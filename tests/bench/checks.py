"""`python -m tests.bench.checks`: how long whoever changes something waits for the checks, in minutes of the clock."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from tests.bench import figures

PROJECT = Path(__file__).parents[2]
MINUTES = {"check": 4.0, "test": 8.0}  # on two cores


def main() -> None:
    figures.heading(f"Checks, on {os.cpu_count()} cores")
    for target, most in MINUTES.items():
        begun = time.monotonic()
        done = subprocess.run(  # noqa: S603 - our own Makefile
            ["/usr/bin/env", "make", target], cwd=PROJECT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            figures.say(done.stdout[-2000:])
            raise SystemExit(f"make {target} is not green: what it took says nothing.")
        figures.keep(f"checks.{target}.minutes", (time.monotonic() - begun) / 60, "min", at_most=most)


if __name__ == "__main__":
    main()
