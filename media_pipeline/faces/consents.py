"""What libraries agreed to: without a consent that is in force, no face vector is made or kept.

The item in DynamoDB is the truth, so that nothing here needs SQL. Each consent has a collection of its own, under a
name that is never used again: what one consent allowed cannot get mixed up with what a later one does.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from dataclasses import dataclass

from pynamodb.attributes import UnicodeAttribute
from ulid import ULID

from media_pipeline.aws.dynamodb import Item
from media_pipeline.conf import conf

VERSION = "2026-11"
TEXT = (
    "I agree that Darkroom measures the faces in the photos of this library and keeps the measurements (face vectors) "
    "with Amazon Rekognition, in a collection of this library alone, in order to recognise people in these photos and "
    "for nothing else. I have told the people in them, or have another right to do so. The measurements are kept until "
    "the photo, the person, the account or this consent is deleted; deleting takes minutes, and backups of the "
    "database expire within 35 days. I can revoke this at any time; then all measurements and all names of people "
    "are deleted, and the photos stay."
)
CACHE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Consent:
    """`version` is that of the text agreed to, `given_at` is ISO 8601."""

    library: str
    by: str
    given_at: str
    version: str
    collection: str


class ConsentItem(Item):
    class Meta:
        table_name = conf.limits_table
        region = conf.region

    pk = UnicodeAttribute(hash_key=True)
    by = UnicodeAttribute()
    given_at = UnicodeAttribute()
    version = UnicodeAttribute()
    collection = UnicodeAttribute()


_cached: dict[str, tuple[float, Consent | None]] = {}


def current(library: str) -> Consent | None:
    """The consent in force, as of a minute ago at most."""
    read_at, consent = _cached.get(library, (-CACHE_SECONDS, None))
    if time.monotonic() - read_at < CACHE_SECONDS:
        return consent
    return as_of_now(library)


def as_of_now(library: str) -> Consent | None:
    """The same by a consistent read."""
    item = ConsentItem.load(_key(library))
    consent = Consent(library, item.by, item.given_at, item.version, item.collection) if item else None
    if len(_cached) > 1000:
        _cached.clear()
    _cached[library] = (time.monotonic(), consent)
    return consent


def give(library: str, *, by: str) -> Consent:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    consent = Consent(library, by, now, VERSION, _new_collection(library))
    ConsentItem(_key(library), by=by, given_at=now, version=consent.version, collection=consent.collection).save()
    _cached.pop(library, None)
    return consent


def revoke(library: str) -> None:
    """From now on nothing is measured; what was is for moderation to erase."""
    ConsentItem(_key(library)).delete()
    _cached.pop(library, None)


def clear_cache() -> None:
    """Read every consent anew at its next use."""
    _cached.clear()


def _key(library: str) -> str:
    return f"consent|{library}"


def _new_collection(library: str) -> str:
    """Names of collections allow few characters, and libraries may be called anything."""
    return f"{collection_prefix()}{hashlib.sha256(library.encode()).hexdigest()[:16]}-{str(ULID()).lower()}"


def collection_prefix() -> str:
    """What the names of all collections of this installation begin with."""
    return f"darkroom-{conf.stage}-"
