"""What was erased on somebody's demand: keyed hashes, which say when and keep ids from being used again.

The hashes' key is derived from Django's SECRET_KEY: after a change of that key, older tombstones answer no more.
"""

from __future__ import annotations

import datetime as dt

from pynamodb.attributes import UnicodeAttribute

from media_pipeline.access.keyed_hash import keyed_hash
from media_pipeline.aws.dynamodb import Item
from media_pipeline.conf import conf


class Tombstone(Item):
    class Meta:
        table_name = conf.limits_table
        region = conf.region

    pk = UnicodeAttribute(hash_key=True)
    at = UnicodeAttribute()


def bury(image_id: str) -> None:
    """From now on no image is adopted under this id."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    Tombstone(_key(image_id), at=now).save()


def is_buried(image_id: str) -> bool:
    return Tombstone.load(_key(image_id)) is not None


def _key(image_id: str) -> str:
    return f"erased|{keyed_hash(image_id)}"
