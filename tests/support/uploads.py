"""Put originals where uploads put them, and let the pipeline meet them as S3 announces them."""

from __future__ import annotations

from typing import Any

from media_pipeline.conf import conf
from media_pipeline.pipeline import run
from media_pipeline.record.events import ObjectVersion
from media_pipeline.record.models import Image, new_image_id, original_key
from tests.support.aws import EMULATOR, as_role


def announced(*, owner: str = "alice", filename: str = "photo.jpg", **attributes: Any) -> Image:
    """A record as an upload makes it, its file still to come."""
    record = Image(
        new_image_id(), owner=owner, library=owner, filename=filename, content_type="image/jpeg", bytes=1, **attributes
    )
    record.create()
    return record


def stored(data: bytes, key: str, **metadata: str) -> ObjectVersion:
    """One more version of `key` in the bucket of originals."""
    answer = EMULATOR.root_client("s3").put_object(
        Bucket=conf.originals_bucket, Key=key, Body=data, ContentType="image/jpeg", Metadata=metadata
    )
    return ObjectVersion(conf.originals_bucket, key, answer["VersionId"])


def uploaded(data: bytes, **attributes: Any) -> tuple[Image, ObjectVersion]:
    """An announced image whose file has arrived, before the pipeline has seen it."""
    record = announced(**attributes)
    return record, stored(data, original_key(record.image_id))


def processed(data: bytes, **attributes: Any) -> Image:
    """An image that went the whole way."""
    record, version = uploaded(data, **attributes)
    with as_role("pipeline"):
        run.process_object(version)
    return reread(record)


def reread(record: Image) -> Image:
    found = Image.load(record.image_id)
    assert found is not None
    return found
