"""Import a list of known images, one hash a line: 64 hexadecimal digits are a sha256, 16 a difference hash.

    manage.py import_hashes known.txt --list stolen-2026
    curl ... | manage.py import_hashes - --list child-safety-ncmec

Uploads that match go to review. Lists whose name begins with "child-safety" hold them at once. Importing again changes
nothing; images that are there already are not looked at again.
"""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from media_pipeline.errors import DarkroomError
from media_pipeline.review import acts, known_hashes

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # it becomes part of sort keys


class Command(BaseCommand):
    help = "Import hashes of known images; uploads that match go to review."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help='one hash a line, "#" begins a comment; - reads standard input')
        parser.add_argument("--list", required=True, dest="name", help="name of the list, as moderators will see it")

    def handle(self, *args: Any, file: Path, name: str, **options: Any) -> None:  # noqa: ARG002
        if not NAME.fullmatch(name):
            raise CommandError("A list's name has letters, digits, dots, dashes and underscores, at most 64.")
        try:
            text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
            count = known_hashes.add(name, text.splitlines())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        except DarkroomError as error:
            raise CommandError(str(error)) from error
        effect = "held at once" if name.startswith(acts.CHILD_SAFETY_LISTS) else "sent to review"
        self.stdout.write(f"{count} hashes are in the list {name}. Uploads that match are {effect}.")
