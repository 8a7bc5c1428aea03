"""What duplicates, disorder, edits and erasures in mid-flight must not do to an image."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.conf import conf
from media_pipeline.images import erasure, use_cases
from media_pipeline.images.use_cases import Edit
from media_pipeline.pipeline import run
from media_pipeline.record.events import ObjectVersion
from media_pipeline.record.models import Image, Status, new_image_id, original_key
from media_pipeline.search import pages
from media_pipeline.storage import buckets
from tests.support import hooks
from tests.support.aws import EMULATOR
from tests.support.pictures import make_jpeg
from tests.support.uploads import reread, stored, uploaded

pytestmark = pytest.mark.usefixtures("aws")


def exists(key: str) -> bool:
    listed = EMULATOR.root_client("s3").list_objects_v2(Bucket=conf.renditions_bucket, Prefix=key)
    return bool(listed["KeyCount"])


def test_the_same_event_twice_changes_nothing() -> None:
    record, version = uploaded(make_jpeg())
    run.process_object(version)
    revision = reread(record).revision
    with hooks.counted_calls() as calls:
        run.process_object(version)
    assert reread(record).revision == revision
    assert calls["s3.GetObject"] == calls["s3.PutObject"] == 0


def test_a_form_posted_again_changes_nothing() -> None:
    """With other bytes; and these leave no trace."""
    record, version = uploaded(make_jpeg(640, 480))
    run.process_object(version)
    replayed = stored(make_jpeg(320, 200, seed=2), original_key(record.image_id))
    run.process_object(replayed)
    assert (reread(record).width, reread(record).version_id) == (640, version.version_id)
    assert buckets.original_versions(version.key) == [version.version_id]


def test_the_version_processed_first_is_the_image() -> None:
    """Even if it arrived last."""
    record, first = uploaded(make_jpeg(640, 480))
    second = stored(make_jpeg(320, 200, seed=2), first.key)
    run.process_object(second)
    run.process_object(first)
    assert reread(record).width == 320
    assert buckets.original_versions(first.key) == [second.version_id]


def test_concurrent_events_of_one_image_process_it_once() -> None:
    record, version = uploaded(make_jpeg(1200, 900))
    with hooks.counted_calls() as calls, ThreadPoolExecutor(4) as pool:
        list(pool.map(run.process_object, [version] * 4))
    assert reread(record).status is Status.READY
    assert calls["s3.GetObject"] == 1


def test_an_image_erased_while_it_is_processed_stays_erased() -> None:
    record, version = uploaded(make_jpeg())
    with hooks.first("s3.PutObject", lambda: erasure.erase(reread(record)), path="optimized/jpeg") as erased:
        run.process_object(version)
    assert erased
    assert Image.load(record.image_id) is None
    assert not any(exists(f"{folder}/{record.image_id}") for folder in ("thumbnails/small", "optimized/jpeg"))


def test_an_edit_made_while_the_image_is_processed_survives() -> None:
    record, version = uploaded(make_jpeg(), owner="edith", tags=["old"])
    change = Edit(title="By the lake", tags=["new"])
    with hooks.first(
        "s3.PutObject", lambda: use_cases.edit(Reader("edith"), record.image_id, change), path="optimized"
    ):
        run.process_object(version)
    after = reread(record)
    assert (after.title, after.tags, after.status) == ("By the lake", ["new"], Status.READY)
    assert [image.image_id for image in pages.page("edith", "word:new", size=5).images] == [record.image_id]
    assert not pages.page("edith", "word:old", size=5).images


def test_an_image_deleted_while_processed_stays_in_the_trash() -> None:
    record, version = uploaded(make_jpeg(), owner="dora")
    with hooks.first("s3.PutObject", lambda: use_cases.delete(Reader("dora"), record.image_id), path="optimized"):
        run.process_object(version)
    assert reread(record).status is Status.DELETED
    assert use_cases.restore(Reader("dora"), record.image_id).status is Status.READY


def test_an_event_for_an_object_that_is_gone_does_nothing() -> None:
    key = f"original/{new_image_id()}"
    run.process_object(ObjectVersion(conf.originals_bucket, key, "gone"))
    assert Image.load(key.removeprefix("original/")) is None


def test_an_image_whose_object_is_gone_fails_with_that_reason() -> None:
    record, version = uploaded(make_jpeg())
    EMULATOR.root_client("s3").delete_object(Bucket=version.bucket, Key=version.key, VersionId=version.version_id)
    run.process_object(version)
    assert reread(record).status is Status.FAILED
    assert "no longer in the bucket" in reread(record).failure
