"""One image's way, on the embedded AWS: what becomes of it, and what it costs."""

from __future__ import annotations

import hashlib
import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image as Pillow

from media_pipeline import erasure, pipeline, search, services, storage
from media_pipeline.conf import conf
from media_pipeline.events import ObjectVersion
from media_pipeline.models import Image, Status, adopted_image_id, new_image_id, original_key
from media_pipeline.readers import Reader
from media_pipeline.services import Announcement, Edit
from tests import hooks
from tests.conftest import EMULATOR
from tests.pictures import encode, make_jpeg, make_picture
from tests.uploads import announced, processed, reread, stored, uploaded

pytestmark = pytest.mark.usefixtures("aws")


def rendition(record: Image, name: str) -> Pillow.Image:
    found = record.rendition(name)
    assert found is not None
    body = EMULATOR.root_client("s3").get_object(Bucket=conf.renditions_bucket, Key=found.key(record.image_id))["Body"]
    data = body.read()
    assert len(data) == found.bytes
    picture = Pillow.open(io.BytesIO(data))
    assert picture.size == (found.width, found.height)
    return picture


def exists(key: str) -> bool:
    listed = EMULATOR.root_client("s3").list_objects_v2(Bucket=conf.renditions_bucket, Prefix=key)
    return bool(listed["KeyCount"])


# What must not happen


def test_the_same_event_twice_changes_nothing() -> None:
    record, version = uploaded(make_jpeg())
    pipeline.process_object(version)
    revision = reread(record).revision
    with hooks.counted_calls() as calls:
        pipeline.process_object(version)
    assert reread(record).revision == revision
    assert calls["s3.GetObject"] == calls["s3.PutObject"] == 0


def test_a_form_posted_again_with_other_bytes_changes_nothing_and_leaves_no_trace() -> None:
    record, version = uploaded(make_jpeg(640, 480))
    pipeline.process_object(version)
    replayed = stored(make_jpeg(320, 200, seed=2), original_key(record.image_id))
    pipeline.process_object(replayed)
    assert (reread(record).width, reread(record).version_id) == (640, version.version_id)
    assert storage.original_versions(version.key) == [version.version_id]


def test_the_version_processed_first_is_the_image_even_if_it_arrived_last() -> None:
    record, first = uploaded(make_jpeg(640, 480))
    second = stored(make_jpeg(320, 200, seed=2), first.key)
    pipeline.process_object(second)
    pipeline.process_object(first)
    assert reread(record).width == 320
    assert storage.original_versions(first.key) == [second.version_id]


def test_concurrent_events_of_one_image_process_it_once() -> None:
    record, version = uploaded(make_jpeg(1200, 900))
    with hooks.counted_calls() as calls, ThreadPoolExecutor(4) as pool:
        list(pool.map(pipeline.process_object, [version] * 4))
    assert reread(record).status is Status.READY
    assert calls["s3.GetObject"] == 1


def test_an_image_erased_while_it_is_processed_stays_erased() -> None:
    record, version = uploaded(make_jpeg())
    with hooks.first("s3.PutObject", lambda: erasure.erase(reread(record)), path="optimized/jpeg") as erased:
        pipeline.process_object(version)
    assert erased
    assert Image.load(record.image_id) is None
    assert not any(exists(f"{folder}/{record.image_id}") for folder in ("thumbnails/small", "optimized/jpeg"))


def test_an_edit_made_while_the_image_is_processed_survives() -> None:
    record, version = uploaded(make_jpeg(), owner="edith", tags=["old"])
    change = Edit(title="By the lake", tags=["new"])
    with hooks.first("s3.PutObject", lambda: services.edit(Reader("edith"), record.image_id, change), path="optimized"):
        pipeline.process_object(version)
    after = reread(record)
    assert (after.title, after.tags, after.status) == ("By the lake", ["new"], Status.READY)
    assert [image.image_id for image in search.page("edith", "word:new", size=5).images] == [record.image_id]
    assert not search.page("edith", "word:old", size=5).images


def test_an_image_deleted_while_it_is_processed_stays_in_the_trash() -> None:
    record, version = uploaded(make_jpeg(), owner="dora")
    with hooks.first("s3.PutObject", lambda: services.delete(Reader("dora"), record.image_id), path="optimized"):
        pipeline.process_object(version)
    assert reread(record).status is Status.DELETED
    assert services.restore(Reader("dora"), record.image_id).status is Status.READY


def test_an_event_for_an_object_that_is_gone_does_nothing() -> None:
    key = f"original/{new_image_id()}"
    pipeline.process_object(ObjectVersion(conf.originals_bucket, key, "gone"))
    assert Image.load(key.removeprefix("original/")) is None


def test_an_announced_image_whose_object_is_gone_fails_with_that_reason() -> None:
    record, version = uploaded(make_jpeg())
    EMULATOR.root_client("s3").delete_object(Bucket=version.bucket, Key=version.key, VersionId=version.version_id)
    pipeline.process_object(version)
    assert reread(record).status is Status.FAILED
    assert "no longer in the bucket" in reread(record).failure


# What must happen


def test_a_photo_ends_ready_with_all_renditions_and_facts() -> None:
    exif = {
        "make": "Canon",
        "model": "Canon EOS 40D",
        "taken_at": "2026:05:17 14:03:59",
        "latitude": -33.5,
        "longitude": 151.25,
    }
    data = make_jpeg(1200, 800, **exif)
    record = processed(data)
    assert record.status is Status.READY
    assert {r.name: (r.width, r.height) for r in record.rendition_list} == {
        "small": (150, 100),
        "medium": (300, 200),
        "large": (600, 400),
        "jpeg": (1200, 800),
        "webp": (1200, 800),
    }
    assert (record.format, record.width, record.height, record.bytes) == ("jpeg", 1200, 800, len(data))
    assert record.sha256 == hashlib.sha256(data).hexdigest()
    assert (record.camera_model, record.taken_at) == ("Canon EOS 40D", "2026-05-17T14:03:59")
    assert (record.latitude, record.longitude, record.place) == (-33.5, 151.25, "Central Coast, Australia")
    assert {name: state["state"] for name, state in record.stage_states.items()} == {
        "thumbnails": "done",
        "moderation_labels": "done",
        "faces": "done",
        "optimize": "done",
        "metadata": "done",
    }
    assert (record.unfinished, record.lease, record.failure) == (None, None, None)


def test_renditions_are_upright_progressive_srgb_and_carry_no_metadata() -> None:
    record = processed(make_jpeg(400, 200, orientation=6, latitude=1.0, longitude=2.0))
    for name in ("small", "medium", "large", "jpeg", "webp"):
        picture = rendition(record, name)
        assert picture.height > picture.width, name
        assert not picture.getexif(), name
        assert not {"exif", "icc_profile", "xmp"} & picture.info.keys(), name
    assert rendition(record, "jpeg").info.get("progressive")


def test_thumbnails_are_on_the_record_before_the_slow_stages_start() -> None:
    record, version = uploaded(make_jpeg())
    with hooks.first("s3.PutObject", lambda: reread(record), path="optimized/") as seen:
        pipeline.process_object(version)
    early = seen[0]
    assert isinstance(early, Image)
    assert {r.name for r in early.rendition_list} == {"small", "medium", "large"}
    assert early.status is Status.PROCESSING


def test_a_typical_photo_costs_one_get_and_few_write_units() -> None:
    photo = make_jpeg(1600, 1200, seed=77, make="Canon", model="Canon EOS 40D", taken_at="2026:05:17 14:03:59")
    announced = Announcement("a.jpg", "image/jpeg", len(photo), tags=list("abcdef"))
    with hooks.written_units() as units:
        record, _ = services.start_upload(Reader("typical"), announced)
        version = stored(photo, original_key(record.image_id))
        with hooks.counted_calls() as calls:
            pipeline.process_object(version)
    assert calls["s3.GetObject"] == 1
    assert calls["s3.PutObject"] == 5
    assert calls["dynamodb.UpdateItem"] == 3
    assert calls["dynamodb.Query"] <= 10  # the same bytes, a known hash, four bands of the picture and of its mirror
    assert calls["rekognition.DetectModerationLabels"] == calls["rekognition.DetectFaces"] == 1
    terms = search.said_terms(record) | search.found_terms(reread(record))
    assert terms >= {"all", "word:f", "word:canon", "word:40d", "taken:2026-05"}
    assert len(terms) == 12
    assert units["media"] <= 10
    assert units["media"] + units["terms"] <= 26  # with four bands of the perceptual hash, and the sha256


def test_an_object_that_nobody_announced_is_adopted_under_one_id_however_often_it_is_announced() -> None:
    version = stored(make_jpeg(), "original/2024/holiday +ü.jpg", owner="carol")
    pipeline.process_object(version)
    pipeline.process_object(version)
    (record,) = search.page("carol", search.ALL, size=5).images
    assert (record.status, record.filename) == (Status.READY, "holiday +ü.jpg")
    found = storage.stored_object(version.key, version.version_id)
    assert found is not None
    assert record.image_id == adopted_image_id(version.bucket, version.key, version.version_id, found.stored_at)


def test_an_adopted_object_without_an_owner_goes_to_the_default_owner() -> None:
    version = stored(make_jpeg(seed=9), f"original/{new_image_id()}.jpg")
    pipeline.process_object(version)
    newest = search.page(conf.default_owner, search.ALL, size=1).images[0]
    assert newest.object_key == version.key


# What bad input gets


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"this is text called photo.jpg", "Not a supported image format"),
        (b"%PDF-1.7 ...", "Not a supported image format"),
        (make_jpeg()[:-3000], "damaged|truncated|incomplete|ends"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0", "limit|damaged"),
    ],
    ids=["empty", "text", "pdf", "truncated", "huge-header"],
)
def test_bytes_that_are_no_image_fail_with_the_reason_and_hold_nothing(data: bytes, reason: str) -> None:
    record = processed(data)
    assert record.status is Status.FAILED
    assert record.unfinished == "failed"
    assert record.lease is None
    assert re.search(reason, record.failure, re.IGNORECASE), record.failure


@pytest.mark.parametrize(
    ("data", "status", "size"),
    [
        (encode(make_picture(640, 480, seed=61).convert("CMYK"), "JPEG"), Status.READY, (640, 480)),
        (encode(Pillow.new("I;16", (200, 100), 40_000), "PNG"), Status.READY, (200, 100)),
        (encode(make_picture(300, 200, seed=62).convert("P"), "PNG", transparency=0), Status.READY, (300, 200)),
        (encode(make_picture(300, 200, seed=63), "WEBP"), Status.READY, (300, 200)),
        (encode(Pillow.new("RGB", (1, 1), "red"), "PNG"), Status.IN_REVIEW, (1, 1)),
        (encode(Pillow.new("RGB", (30_000, 1), "red"), "PNG"), Status.IN_REVIEW, (30_000, 1)),
    ],
    ids=["cmyk", "16-bit", "palette-with-alpha", "wrong-extension", "1x1", "30000x1"],
)
def test_odd_files_that_are_sound_come_to_an_end(data: bytes, status: Status, size: tuple[int, int]) -> None:
    """Those that Rekognition is too coarse for wait for a person."""
    record = processed(data)
    assert (record.status, (record.width, record.height)) == (status, size)
    assert {"small", "medium", "large", "jpeg"} <= {found.name for found in record.rendition_list}


def test_bytes_that_are_not_the_announced_ones_fail() -> None:
    record = processed(make_jpeg(), sha256="0" * 64)
    assert "sha256" in record.failure


def test_an_image_too_wide_for_webp_goes_without_it() -> None:
    buffer = io.BytesIO()
    make_picture(17_000, 100).save(buffer, "PNG")
    record = processed(buffer.getvalue())
    assert record.status is Status.READY
    assert record.rendition("webp") is None
    assert record.rendition("jpeg") is not None


# What time heals


def test_s3_answering_503_twice_is_not_noticed() -> None:
    record, version = uploaded(make_jpeg())
    with hooks.failing("s3.GetObject", times=2) as refused:
        pipeline.process_object(version)
    assert len(refused) == 2
    assert reread(record).status is Status.READY


def waiting_messages() -> list[str]:
    sqs = EMULATOR.root_client("sqs")
    answer = sqs.get_queue_attributes(
        QueueUrl=conf.retry_queue_url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"],
    )
    return [name for name, number in answer["Attributes"].items() for _ in range(int(number))]


def test_an_outage_sends_the_image_to_the_retry_queue_and_keeps_what_was_done() -> None:
    before = len(waiting_messages())
    record, version = uploaded(make_jpeg())
    with hooks.failing("s3.PutObject", times=99):
        pipeline.process_object(version)
    held = reread(record)
    assert (held.status, held.lease) == (Status.PROCESSING, None)
    assert len(waiting_messages()) == before + 1
    pipeline.resume(record.image_id)
    assert reread(record).status is Status.READY


def test_a_retry_goes_on_where_the_ledger_says() -> None:
    record, version = uploaded(make_jpeg())

    def refuse_webp() -> None:
        raise hooks.refusal("s3", "PutObject")

    with hooks.first("s3.PutObject", refuse_webp, path="optimized/webp"):
        pipeline.process_object(version)
    states = reread(record).stage_states
    assert (states["thumbnails"]["state"], states["optimize"]["state"]) == ("done", "failed")
    with hooks.counted_calls() as calls:
        pipeline.resume(record.image_id)
    assert reread(record).status is Status.READY
    assert calls["s3.PutObject"] == 2  # jpeg and webp; the thumbnails are there


def test_when_the_attempts_are_used_up_the_image_fails_and_can_be_tried_again() -> None:
    record, version = uploaded(make_jpeg(), owner="frank")
    record.update([Image.attempts.set(conf.max_attempts - 1)])
    with hooks.failing("s3.PutObject", times=99):
        pipeline.process_object(version)
    failed = reread(record)
    assert failed.status is Status.FAILED
    assert "Gave up after 14 attempts" in failed.failure
    services.retry(Reader("frank"), record.image_id)
    pipeline.resume(record.image_id)
    assert reread(record).status is Status.READY


def test_invocations_that_never_came_to_an_end_are_counted_too() -> None:
    record, version = uploaded(make_jpeg())
    record.update([Image.attempts.set(conf.max_attempts)])
    pipeline.process_object(version)
    assert "never came to an end" in reread(record).failure


def test_a_fault_of_ours_is_raised_and_leaves_the_image_to_the_next_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    record, version = uploaded(make_jpeg(seed=41))
    with monkeypatch.context() as broken:
        broken.setattr(search, "found_terms", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pipeline.process_object(version)
    assert reread(record).lease is None
    pipeline.process_object(version)
    assert reread(record).status is Status.READY


def test_a_lease_that_ran_out_is_taken_over() -> None:
    record, version = uploaded(make_jpeg())
    record.update([Image.lease.set("crashed"), Image.lease_until.set(1), Image.version_id.set(version.version_id)])
    pipeline.process_object(version)
    assert reread(record).status is Status.READY


def test_a_retry_for_an_image_that_nobody_uploaded_waits() -> None:
    record = announced()
    pipeline.resume(record.image_id)
    assert reread(record).status is Status.UPLOADING
