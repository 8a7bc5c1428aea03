"""Reading the audit: with names, as CSV, and compared with the chains in the images' records."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from media_pipeline.record.models import Image, ReviewState
from media_pipeline.review import audit
from moderation.models import AuditLine, User
from moderation.roles import May, Moderator

CHUNK = 100
COLUMNS = ("at", "by", "name", "what", "image_id", "position", "details", "hash")


class Line:
    """What csv writes to: it hands the line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def with_names(lines: QuerySet[AuditLine]) -> QuerySet[AuditLine]:
    """`name` beside `by`: the account's name of today, none when the account is gone or it was the pipeline."""
    return lines.annotate(name=Subquery(User.objects.filter(pk=OuterRef("by")).values("username")))


def csv_lines(viewer: Moderator, lines: QuerySet[AuditLine]) -> Iterator[str]:
    viewer.require(May.EXPORT_AUDIT)
    return _csv(with_names(lines))


def _csv(lines: QuerySet[AuditLine]) -> Iterator[str]:
    writer = csv.writer(Line())
    yield writer.writerow(COLUMNS)
    for line in lines.iterator(chunk_size=1000):
        row = {
            **{column: getattr(line, column) or "" for column in COLUMNS},
            "at": line.at.isoformat(),
            "position": line.position,
            "details": json.dumps(line.details, ensure_ascii=False, sort_keys=True),
        }
        yield writer.writerow([_harmless(str(row[column])) for column in COLUMNS])


def _harmless(value: str) -> str:
    """A text that starts like a formula would be run by the spreadsheet that opens it."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@")) else value


@dataclass(frozen=True, slots=True)
class Broken:
    image_id: str
    problem: str


def verify() -> Iterator[Broken]:
    """Every image of which the audit has lines: is its chain whole, and does SQL say the same?"""
    ids = AuditLine.objects.order_by("image_id").values_list("image_id", flat=True).distinct()
    chunk: list[str] = []
    for image_id in ids.iterator():
        chunk.append(image_id)
        if len(chunk) == CHUNK:
            yield from _verify(chunk)
            chunk = []
    yield from _verify(chunk)


def _verify(image_ids: list[str]) -> Iterator[Broken]:
    lines: dict[str, list[AuditLine]] = defaultdict(list)
    for line in AuditLine.objects.filter(image_id__in=image_ids).order_by("position"):
        lines[line.image_id].append(line)
    records = {record.image_id: record for record in Image.load_many(image_ids)}
    for image_id in image_ids:
        problem = _problem(records.get(image_id), lines[image_id])
        if problem:
            yield Broken(image_id, problem)


def _problem(record: Image | None, lines: Iterable[AuditLine]) -> str:
    """What is wrong, "" for nothing. Of an erased image only SQL is left: its chain must be whole by itself."""
    copies = [audit.Entry(_iso(line), line.by, line.what, line.details, line.hash) for line in lines]
    if record is not None and record.review == ReviewState.CHILD_SAFETY:
        return ""
    if record is not None and not audit.is_intact(record):
        return "the chain in its record is broken"
    if record is not None and audit.trail(record)[: len(copies)] != copies:
        return "the lines in SQL are not those of its record"
    previous = ""
    for copy in copies:
        if not copy.follows(previous):
            return f"the line of {copy.at} was changed, or one before it is missing"
        previous = copy.hash
    return ""


def _iso(line: AuditLine) -> str:
    return line.at.isoformat(timespec="milliseconds")
