"""One image's way, on the embedded AWS: what becomes of it, and what it costs."""

from __future__ import annotations

import hashlib
import io
import re

import pytest
from PIL import Image as Pillow

from media_pipeline.access.readers import Reader
from media_pipeline.conf import conf
from media_pipeline.intake import uploading
from media_pipeline.intake.uploading import Announcement
from media_pipeline.pipeline import run
from media_pipeline.record.models import Image, Status, adopted_image_id, new_image_id, original_key
from media_pipeline.search import pages
from media_pipeline.search.terms import ALL, described_terms, found_terms
from media_pipeline.storage import buckets
from tests.support import hooks
from tests.support.aws import EMULATOR
from tests.support.pictures import encode, make_jpeg, make_picture
from tests.support.uploads import processed, reread, stored, uploaded

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


def test_renditions_are_upright_progressive_srgb_and_stripped() -> None:
    """They carry no metadata."""
    record = processed(make_jpeg(400, 200, orientation=6, latitude=1.0, longitude=2.0))
    for name in ("small", "medium", "large", "jpeg", "webp"):
        picture = rendition(record, name)
        assert picture.height > picture.width, name
        assert not picture.getexif(), name
        assert not {"exif", "icc_profile", "xmp"} & picture.info.keys(), name
    assert rendition(record, "jpeg").info.get("progressive")


def test_thumbnails_are_recorded_before_slow_stages_start() -> None:
    record, version = uploaded(make_jpeg())
    with hooks.first("s3.PutObject", lambda: reread(record), path="optimized/") as seen:
        run.process_object(version)
    early = seen[0]
    assert isinstance(early, Image)
    assert {r.name for r in early.rendition_list} == {"small", "medium", "large"}
    assert early.status is Status.PROCESSING


def test_a_typical_photo_costs_one_get_and_few_write_units() -> None:
    photo = make_jpeg(1600, 1200, seed=77, make="Canon", model="Canon EOS 40D", taken_at="2026:05:17 14:03:59")
    announced = Announcement("a.jpg", "image/jpeg", len(photo), tags=list("abcdef"))
    with hooks.written_units() as units:
        record, _ = uploading.start_upload(Reader("typical"), announced)
        version = stored(photo, original_key(record.image_id))
        with hooks.counted_calls() as calls:
            run.process_object(version)
    assert calls["s3.GetObject"] == 1
    assert calls["s3.PutObject"] == 5
    assert calls["dynamodb.UpdateItem"] == 3
    assert calls["dynamodb.Query"] <= 10  # the same bytes, a known hash, four bands of the picture and of its mirror
    assert calls["rekognition.DetectModerationLabels"] == calls["rekognition.DetectFaces"] == 1
    terms = described_terms(record) | found_terms(reread(record))
    assert terms >= {"all", "word:f", "word:canon", "word:40d", "taken:2026-05"}
    assert len(terms) == 12
    assert units["media"] <= 10
    assert units["media"] + units["terms"] <= 26  # with four bands of the perceptual hash, and the sha256


def test_an_unannounced_object_is_adopted_under_one_id() -> None:
    """However often S3 tells of it."""
    version = stored(make_jpeg(), "original/2024/holiday +ü.jpg", owner="carol")
    run.process_object(version)
    run.process_object(version)
    (record,) = pages.page("carol", ALL, size=5).images
    assert (record.status, record.filename) == (Status.READY, "holiday +ü.jpg")
    found = buckets.stored_object(version.key, version.version_id)
    assert found is not None
    assert record.image_id == adopted_image_id(version.bucket, version.key, version.version_id, found.stored_at)


def test_an_adopted_object_goes_to_the_default_owner() -> None:
    """When it names none."""
    version = stored(make_jpeg(seed=9), f"original/{new_image_id()}.jpg")
    run.process_object(version)
    newest = pages.page(conf.default_owner, ALL, size=1).images[0]
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
def test_what_is_no_image_fails_with_the_reason(data: bytes, reason: str) -> None:
    """It holds nothing."""
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
