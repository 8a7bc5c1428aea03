"""Importing lists of known images."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from media_pipeline.record.models import ReviewState, Status
from media_pipeline.review import known_hashes
from media_pipeline.search import likeness
from tests.support.pictures import make_jpeg
from tests.support.uploads import processed

pytestmark = pytest.mark.usefixtures("aws")


def run(file: Path, name: str) -> str:
    out = StringIO()
    call_command("import_hashes", str(file), "--list", name, stdout=out)
    return out.getvalue()


def test_nothing_is_imported_from_a_list_with_a_broken_line(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(f"{'ab' * 32}\nnot a hash\n")
    with pytest.raises(CommandError, match="Line 2 is no hash"):
        run(file, "broken")
    assert not known_hashes.lists_with("ab" * 32)


@pytest.mark.parametrize("name", ["", "with space", "a#b", "a|b", "x" * 65])
def test_a_name_that_would_not_fit_into_a_key_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / "list.txt"
    file.write_text("ab" * 32)
    with pytest.raises(CommandError, match="name has letters"):
        run(file, name)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "list.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=r"list\.txt cannot be read"):
        run(file, "unread")


def test_hashes_of_both_kinds_find_later_uploads(tmp_path: Path) -> None:
    exact, alike = make_jpeg(320, 240, seed=310_001), make_jpeg(320, 240, seed=310_002)
    first, second = processed(exact), processed(alike)
    assert first.sha256
    assert second.phash
    file = tmp_path / "list.txt"
    file.write_text(f"# two of a kind\n{first.sha256.upper()}  # in capitals\n\n{second.phash[:8].hex()}\n")
    assert run(file, "known-2026") == "2 hashes are in the list known-2026. Uploads that match are sent to review.\n"
    again = processed(exact)
    assert (again.status, again.flags[0]["about"]) == (Status.IN_REVIEW, "known-2026")
    assert likeness.find(second.phash, besides=second.image_id).lists == {"known-2026"}


def test_a_list_for_child_safety_holds_at_once(tmp_path: Path) -> None:
    data = make_jpeg(320, 240, seed=310_003)
    file = tmp_path / "list.txt"
    file.write_text(processed(data).sha256 or "")
    assert "held at once" in run(file, "child-safety-test")
    assert processed(data).review == ReviewState.CHILD_SAFETY
