"""What is kept of a file's name."""

from __future__ import annotations

import pytest

from media_pipeline.intake.filenames import clean_filename


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("dawn.jpg", "dawn.jpg"),
        ("C:\\photos\\dawn.jpg", "dawn.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\0b\n\u202e.jpg", "ab.jpg"),
        ("Grüße +1 & 2.jpg", "Grüße +1 & 2.jpg"),
        ("x" * 300 + ".jpg", "x" * 251 + ".jpg"),
        ("photos/", "unnamed"),
        ("", "unnamed"),
    ],
)
def test_of_a_file_name_its_last_part_is_kept(name: str, kept: str) -> None:
    assert clean_filename(name) == kept
