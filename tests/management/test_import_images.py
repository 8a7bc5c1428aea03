from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from media_pipeline.access.readers import Reader
from media_pipeline.images import use_cases
from media_pipeline.record.models import Status
from tests.support import hooks
from tests.support.pictures import make_jpeg, make_png

pytestmark = pytest.mark.django_db(transaction=True)


def run(folder: Path, **options: object) -> str:
    out = io.StringIO()
    try:
        call_command("import_images", str(folder), stdout=out, **options)
    except SystemExit as ended:
        return out.getvalue() + f"exit {ended.code}"
    return out.getvalue()


@pytest.fixture
def owner() -> Reader:
    return Reader(get_user_model().objects.create_user("ines", "ines@example.com", "darkroom").pk)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"folder": "nowhere", "owner": "ines"}, "is not a folder"),
        ({"folder": ".", "owner": "nobody"}, "no account named nobody"),
        ({"folder": ".", "owner": "ines", "jobs": 0}, "at least 1"),
    ],
)
def test_what_cannot_be_imported_is_said_at_once(arguments: dict[str, object], message: str, owner: Reader) -> None:
    folder = arguments.pop("folder")
    with pytest.raises(CommandError, match=message):
        call_command("import_images", folder, **arguments)


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path, owner: Reader) -> None:
    for name in ("film.jpg", "film.mp4"):
        with (tmp_path / name).open("wb") as film:
            film.truncate(1 << 40)  # takes no room on the disk, and more memory than there is
    said = run(tmp_path, owner="ines")
    assert "film.jpg: 1099511.7 MB is over the limit of 50 MB." in said
    assert "film.mp4: Files of type video/mp4 are not taken." in said


@pytest.mark.usefixtures("pipeline_running", "web_role")
def test_a_folder_is_imported_once_and_every_failure_is_named(tmp_path: Path, owner: Reader) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "one.jpg").write_bytes(make_jpeg(seed=1))
    (tmp_path / "sub" / "two ü.png").write_bytes(make_png(seed=2))
    (tmp_path / "sub" / "copy of one.jpg").write_bytes(make_jpeg(seed=1))
    (tmp_path / "broken.jpg").write_bytes(b"no image")
    (tmp_path / "notes.txt").write_text("not an image")
    (tmp_path / ".hidden.jpg").write_bytes(make_jpeg(seed=3))

    first = run(tmp_path, owner="ines", jobs=1)
    assert "2 imported, 1 already there, 2 failed" in first
    assert "broken.jpg: Not a supported image format" in first
    assert "notes.txt: Files of type text/plain are not taken" in first
    assert first.endswith("exit 1")
    assert "images a second" in first

    with hooks.counted_calls() as calls:
        second = run(tmp_path, owner="ines", jobs=3)
    assert "0 imported, 3 already there, 2 failed" in second
    assert "broken.jpg: It was imported before and failed: Not a supported image format" in second
    assert calls["s3.PutObject"] == 0
    images = use_cases.list_images(owner, size=10).images
    assert sorted((image.filename, image.status) for image in images) == [
        ("broken.jpg", Status.FAILED),
        ("one.jpg", Status.READY),
        ("two ü.png", Status.READY),
    ]
