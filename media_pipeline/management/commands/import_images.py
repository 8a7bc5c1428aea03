"""Import a folder of images: announced, uploaded and processed like every other, content already there left out.

    manage.py import_images ~/Pictures --owner alice --jobs 8

It can be stopped and started again at any time: what is in the library is recognised by its sha256.
"""

from __future__ import annotations

import hashlib
import mimetypes
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from media_pipeline.access.readers import Reader
from media_pipeline.errors import DarkroomError
from media_pipeline.intake import uploading
from media_pipeline.intake.uploading import Announcement
from media_pipeline.record.models import Image, Status

SETTLED = {Status.READY, Status.IN_REVIEW, Status.REJECTED, Status.FAILED, Status.DELETED}
PATIENCE = 600  # seconds without any image settling, after which the command stops waiting

for extension, content_type in {
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".avif": "image/avif",
    ".webp": "image/webp",
}.items():
    mimetypes.add_type(content_type, extension)


@dataclass
class Tally:
    """What became of the files so far; `failures` name each file with its reason."""

    files: int
    imported: int = 0
    present: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def settled(self) -> int:
        return self.imported + self.present + len(self.failures)


class Command(BaseCommand):
    help = "Import every image below a folder; run it again to go on where it stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--owner", required=True, help="username of the person whose library takes the images")
        parser.add_argument("--jobs", type=int, default=4, help="how many files to upload at a time")

    def handle(self, *args: Any, folder: Path, owner: str, jobs: int, **options: Any) -> None:  # noqa: ARG002
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        if jobs < 1:
            raise CommandError("--jobs must be at least 1.")
        user = get_user_model().objects.filter(username=owner).first()
        if user is None:
            raise CommandError(f"There is no account named {owner}. Make it first, or name another with --owner.")
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        started = time.monotonic()
        tally = self._import(Reader(str(user.pk)), folder, files, jobs)
        self._summarise(tally, time.monotonic() - started)
        if tally.failures:
            sys.exit(1)

    def _import(self, reader: Reader, folder: Path, files: list[Path], jobs: int) -> Tally:
        tally = Tally(len(files))
        processing: dict[str, str] = {}  # image id -> the file's name
        with ThreadPoolExecutor(jobs) as pool:
            for name, outcome in _unordered(pool, reader, folder, files, ahead=2 * jobs):
                if isinstance(outcome, Image):
                    processing[outcome.image_id] = name
                elif outcome is None:
                    tally.present += 1
                else:
                    tally.failures.append(f"{name}: {outcome}")
                if len(processing) >= 50:
                    self._settle(processing, tally)
                self._show(tally)
        waiting_since = time.monotonic()
        while processing:
            if self._settle(processing, tally):
                waiting_since = time.monotonic()
            elif time.monotonic() - waiting_since > PATIENCE:
                tally.failures += [
                    f"{name}: still not processed; is the pipeline running?" for name in processing.values()
                ]
                break
            self._show(tally)
            time.sleep(0.2)
        return tally

    def _settle(self, processing: dict[str, str], tally: Tally) -> bool:
        """Take out of `processing` what the pipeline has finished; whether there was any."""
        ids = list(processing)[:100]
        records = {record.image_id: record for record in Image.load_many(ids)}
        before = len(processing)
        for image_id in ids:
            record = records.get(image_id)
            if record is None or record.status in SETTLED:
                name = processing.pop(image_id)
                if record is None or record.status is Status.FAILED:
                    tally.failures.append(f"{name}: {record.failure if record else 'removed while it was processed'}")
                else:
                    tally.imported += 1
        return len(processing) < before

    def _show(self, tally: Tally) -> None:
        if not self.stderr.isatty():
            return
        width = 30
        filled = width * tally.settled // max(1, tally.files)
        bar = "█" * filled + "░" * (width - filled)
        self.stderr.write(f"\r  {bar} {tally.settled}/{tally.files}  {len(tally.failures)} failed ", ending="")

    def _summarise(self, tally: Tally, seconds: float) -> None:
        if self.stderr.isatty():
            self.stderr.write("")
        rate = tally.imported / seconds if seconds else 0
        self.stdout.write(
            f"{tally.imported} imported, {tally.present} already there, {len(tally.failures)} failed; "
            f"{seconds:.1f} s, {rate:.1f} images a second."
        )
        for failure in tally.failures:
            self.stdout.write(f"  {failure}")


def _unordered(
    pool: ThreadPoolExecutor, reader: Reader, folder: Path, files: list[Path], *, ahead: int
) -> Iterator[tuple[str, Image | str | None]]:
    """Each file's name and what came of it, as they finish; only `ahead` files are open or queued at a time."""
    names: dict[Future[Image | str | None], str] = {}
    seen: dict[str, Path] = {}  # sha256 -> the first file of this run with that content
    remaining = iter(files)
    while True:
        for path in remaining:
            names[pool.submit(_import_one, reader, path, seen)] = str(path.relative_to(folder))
            if len(names) >= ahead:
                break
        if not names:
            return
        for future in wait(names, return_when=FIRST_COMPLETED).done:
            yield names.pop(future), future.result()


def _import_one(reader: Reader, path: Path, seen: dict[str, Path]) -> Image | str | None:
    """The image that the file became, None when its content is there already, or why it cannot be taken."""
    try:
        content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        announced = Announcement(path.name, content_type, path.stat().st_size)
        uploading.check_upload(announced)  # before it is read: folders of photos hold films, too
        data = path.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        if seen.setdefault(sha256, path) != path:  # atomic, so that of two threads one goes on
            return None
        return uploading.import_file(reader, replace(announced, bytes=len(data), sha256=sha256), data)
    except (DarkroomError, OSError) as error:
        return str(error)
