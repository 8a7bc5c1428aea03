"""Who did what to an image when: a chain of entries in its record, each sealed with the hash of the one before.

An entry is added inside the conditional write of the act itself, so that there is no act without an entry; a changed
or removed entry breaks the chain. People stand in it by id, so that erasing a person need not break it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from media_pipeline.record.models import Image

PIPELINE = "pipeline"


@dataclass(frozen=True, slots=True)
class Entry:
    """`at` is ISO 8601 in UTC, `by` a user's id or "pipeline", `hash` seals the entry and all before it."""

    at: str
    by: str
    what: str
    details: dict[str, Any] = field(default_factory=dict)
    hash: str = ""

    def sealed(self, previous: str) -> Entry:
        return Entry(self.at, self.by, self.what, self.details, self._hash(previous))

    def follows(self, previous: str) -> bool:
        return self.hash == self._hash(previous)

    def _hash(self, previous: str) -> str:
        plain = json.dumps([previous, self.at, self.by, self.what, self.details], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(plain.encode()).hexdigest()

    def encoded(self) -> str:
        entry = [self.at, self.by, self.what, self.details, self.hash]
        return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))  # in ASCII some letters take 12 bytes


def next_entry(record: Image, *, by: str, what: str, **details: Any) -> Entry:
    """The entry that would follow the last one of `record`'s chain."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    return Entry(now, by, what, details).sealed(record.audit_head or "")


def append(entry: Entry) -> list[Action]:
    """The writes that append an entry to its record's chain, under the condition that it is `unchanged`."""
    return [Image.audit.set((Image.audit | []).append([entry.encoded()])), Image.audit_head.set(entry.hash)]


def unchanged(record: Image) -> Condition:
    """That nobody else appended since the record was read."""
    if record.audit_head is None:
        return Image.audit_head.does_not_exist()
    return Image.audit_head == record.audit_head


def trail(record: Image) -> list[Entry]:
    return [Entry(*json.loads(encoded)) for encoded in record.audit or ()]


def is_intact(record: Image) -> bool:
    """Whether the chain is whole, from the first entry to the head that the record names."""
    previous = ""
    for entry in trail(record):
        if not entry.follows(previous):
            return False
        previous = entry.hash
    return previous == (record.audit_head or "")
