"""Whose the faces on a record are: written down on it and in its search terms."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pynamodb.expressions.update import Action

from media_pipeline.record import faces
from media_pipeline.record.faces import RecordedFace
from media_pipeline.record.models import Image, Term
from media_pipeline.search import terms

Change = Callable[[Image, list[RecordedFace]], list[RecordedFace]]
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Tag:
    """Whose a face is, as people named it; empty for nobody."""

    person: str = ""
    name: str = ""
    is_hidden: bool = False


def write(image_id: str, tags: Mapping[str, Tag]) -> Image | None:
    """Write down on the record, and in its search terms, whose its faces are. None when there is no such image."""

    def named(_: Image, known: list[RecordedFace]) -> list[RecordedFace]:
        return [
            replace(face, person=tag.person, name=tag.name, is_hidden=tag.is_hidden)
            if (tag := tags.get(face.face_id))
            else face
            for face in known
        ]

    return rewrite(image_id, named)


def rewrite(image_id: str, change: Change, *, forgetting: bool = False) -> Image | None:
    """Replace the record's faces by what `change` makes of them, and its terms with them; None without a record.

    New terms are written before the record and old ones removed after it, so that search never misses the image. When
    `forgetting`, old ones are removed before it: whatever interrupts this, the record still knows what is left to do.
    """
    dropped: set[str] = set()

    def plan(record: Image) -> list[Action]:
        nonlocal dropped
        before, known = terms.found_terms(record), faces.read(record.faces)
        changed = change(record, list(known))
        dropped = set()
        if changed == known:
            return []
        record.faces = [face.stored() for face in changed]
        after = terms.found_terms(record)
        dropped = before - terms.all_terms(record)
        if forgetting:
            terms.remove(record.library, dropped, image_id)
        terms.write(record.library, after - before, image_id)
        return [Image.faces.set(record.faces)]

    found = Image.load(image_id)
    record = found.amend(plan) if found else None
    if record is not None:
        terms.remove(record.library, dropped, image_id)
    return record


def image_ids(library: str, term: str, *, after: str = "") -> Iterator[str]:
    """The ids of the library's images under one term, oldest first, whatever state they are in."""
    return heapq.merge(*(_ids(partition, after) for partition in terms.partitions(library, term)))


def _ids(partition: str, after: str) -> Iterator[str]:
    found: Iterable[Term] = Term.query(partition, Term.image_id > (after or "0"), page_size=PAGE)
    yield from (item.image_id for item in found)
