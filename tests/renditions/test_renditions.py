"""Renditions that are more than the usual five: on demand, chosen by what a browser accepts, animated, watermarked."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterator

import pytest
from PIL import Image as Pillow

from media_pipeline import handlers
from media_pipeline.access.readers import Reader
from media_pipeline.conf import conf
from media_pipeline.errors import ConfigurationError, ConflictError, InvalidRequestError, NotFoundError
from media_pipeline.images import erasure, use_cases
from media_pipeline.pipeline.stages import optimize
from media_pipeline.record.models import Image, Status
from media_pipeline.renditions import rendering, watermarks
from media_pipeline.renditions.requests import RenditionRequest
from tests.support import hooks
from tests.support.aws import EMULATOR
from tests.support.pictures import encode, make_gif, make_jpeg, make_picture
from tests.support.uploads import announced, processed, reread
from tests.test_handlers import CONTEXT

pytestmark = pytest.mark.usefixtures("aws")
OWNER = Reader("ren")


def picture_of(record: Image, name: str) -> Pillow.Image:
    found = record.rendition(name)
    assert found is not None, f"{name} is not among {[r.name for r in record.rendition_list]}"
    body = EMULATOR.root_client("s3").get_object(Bucket=conf.renditions_bucket, Key=found.key(record.image_id))["Body"]
    picture = Pillow.open(io.BytesIO(body.read()))
    assert picture.size == (found.width, found.height)
    assert picture.format == found.format.upper()
    return picture


@pytest.fixture
def changed_conf(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    def change(**fields: object) -> None:
        changed = dataclasses.replace(conf, **fields)
        for module in (optimize, rendering, watermarks):
            monkeypatch.setattr(module, "conf", changed)
        watermarks.presets.cache_clear()

    yield change
    watermarks.presets.cache_clear()


# On demand


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"format": "tiff", "width": 320}, "format"),
        ({"width": 321}, "width"),
        ({"width": 320, "height": 99_999}, "height"),
        ({}, "width"),
        ({"width": 320, "fit": "cover"}, "height"),
        ({"width": 320, "fit": "stretch"}, "fit"),
        ({"width": 320, "quality": 86}, "quality"),
        ({"width": 320, "watermark": "nobody's"}, "watermark"),
    ],
)
def test_an_unknown_rendition_is_refused_with_the_known_ones(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        RenditionRequest(**wrong)
    assert refused.value.field == field


def test_strangers_and_reviewers_cannot_order_renditions() -> None:
    record = processed(make_jpeg(), owner="ren")
    for reader in (Reader("other"), Reader("mo", frozenset({"moderator"}))):
        with pytest.raises(NotFoundError):
            use_cases.request_rendition(reader, record.image_id, RenditionRequest(width=320))


def test_an_image_that_is_not_ready_gets_no_more_renditions() -> None:
    record = announced(owner="ren")
    with pytest.raises(ConflictError, match="ready"):
        use_cases.request_rendition(OWNER, record.image_id, RenditionRequest(width=320))
    rendering.render(record.image_id, RenditionRequest(width=320))
    assert not reread(record).rendition_list


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        (RenditionRequest(format="jpeg", width=320), (320, 240)),
        (RenditionRequest(format="png", height=160), (213, 160)),
        (RenditionRequest(format="webp", width=320, height=320, fit="cover"), (320, 320)),
        (RenditionRequest(format="avif", width=320, height=480, fit="face", quality=65), (320, 480)),
        (RenditionRequest(format="jpeg", width=2560), (640, 480)),
    ],
    ids=lambda value: value.name if isinstance(value, RenditionRequest) else "",
)
def test_a_rendition_is_made_as_asked_and_never_enlarged(asked: RenditionRequest, size: tuple[int, int]) -> None:
    record = processed(make_jpeg(640, 480), owner="ren")
    rendering.render(record.image_id, asked)
    assert picture_of(reread(record), asked.name).size == size


def test_a_requested_rendition_is_queued_and_made_once() -> None:
    record = processed(make_jpeg(640, 480, seed=3), owner="ren")
    asked = RenditionRequest(format="webp", width=320)
    sqs = EMULATOR.root_client("sqs")
    sqs.purge_queue(QueueUrl=conf.retry_queue_url)
    use_cases.request_rendition(OWNER, record.image_id, asked)
    use_cases.request_rendition(OWNER, record.image_id, asked)
    messages = [
        message
        for _ in range(2)
        for message in sqs.receive_message(QueueUrl=conf.retry_queue_url, MaxNumberOfMessages=10).get("Messages", [])
    ]
    event = {"Records": [{"messageId": message["MessageId"], "body": message["Body"]} for message in messages]}
    assert len(event["Records"]) == 2
    with hooks.counted_calls() as calls:
        assert handlers.on_retry(event, CONTEXT) == {"batchItemFailures": []}
    assert calls["s3.PutObject"] == 1
    assert picture_of(reread(record), asked.name).size == (320, 240)
    use_cases.request_rendition(OWNER, record.image_id, asked)
    assert "Messages" not in sqs.receive_message(QueueUrl=conf.retry_queue_url)


def test_an_image_gets_no_more_renditions_than_fit_its_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many may be asked for before the first is made, so both ends count."""
    record = processed(make_jpeg(seed=33), owner="ren")
    for module in (use_cases, rendering):
        monkeypatch.setattr(module, "MAX_PER_IMAGE", 6)
    for width in (160, 320):
        rendering.render(record.image_id, RenditionRequest(width=width))
    assert len(reread(record).rendition_list) == 6
    with pytest.raises(ConflictError, match="at most 6"):
        use_cases.request_rendition(OWNER, record.image_id, RenditionRequest(width=320))


def test_a_rendition_of_an_erased_image_leaves_nothing() -> None:
    record = processed(make_jpeg(), owner="ren")
    asked = RenditionRequest(width=320)
    with hooks.first("s3.PutObject", lambda: erasure.erase(reread(record))):
        rendering.render(record.image_id, asked)
    assert Image.load(record.image_id) is None
    listed = EMULATOR.root_client("s3").list_objects_v2(
        Bucket=conf.renditions_bucket, Prefix=f"renditions/{record.image_id}"
    )
    assert not listed["KeyCount"]


# By what a browser accepts


@pytest.mark.parametrize(
    ("there", "accept", "best"),
    [
        ({"jpeg", "webp"}, "image/avif,image/webp,*/*", "webp"),
        ({"jpeg", "avif"}, "image/avif,image/webp,*/*", "avif"),
        ({"jpeg", "avif"}, "image/webp,*/*", "jpeg"),
        ({"jpeg", "webp", "avif"}, "IMAGE/AVIF", "avif"),
        ({"jpeg", "webp"}, "*/*", "jpeg"),
        ({"jpeg", "webp"}, "", "jpeg"),
    ],
)
def test_best_for_web_is_the_smallest_that_the_client_names(there: set[str], accept: str, best: str) -> None:
    record = Image("x", renditions={name: [name, 1, 1, 1] for name in there})
    assert use_cases.best_for_web(record, accept) == best


def test_an_avif_takes_the_webps_place_only_where_it_is_better(changed_conf: object) -> None:
    changed_conf(avif=True)  # type: ignore[operator]
    photo = processed(make_jpeg(1600, 1200, seed=11, quality=95))
    formats = {rendition.name for rendition in photo.rendition_list} - {"small", "medium", "large", "jpeg"}
    assert len(formats & {"avif", "webp"}) == 1
    tiny = processed(make_jpeg(100, 90, seed=12))
    assert tiny.rendition("avif") is None
    assert tiny.rendition("webp")


def test_a_rendition_is_never_larger_than_the_original() -> None:
    """It is then the original without its metadata."""
    data = make_jpeg(800, 600, seed=21, quality=30, make="Canon", model="X", latitude=1.0, longitude=2.0)
    record = processed(data)
    picture = picture_of(record, "jpeg")
    assert record.rendition("jpeg").bytes < len(data)
    assert not picture.getexif()
    assert picture.tobytes() == Pillow.open(io.BytesIO(data)).tobytes()


# Animations


def test_an_animation_gets_still_thumbnails_and_an_animated_webp() -> None:
    record = processed(make_gif(frames=4))
    assert record.status in {Status.READY, Status.IN_REVIEW}
    assert getattr(picture_of(record, "small"), "n_frames", 1) == 1
    assert picture_of(record, "animated").n_frames == 4


# Watermarks


def test_watermarks_are_laid_on_their_renditions_and_owners(changed_conf: object) -> None:
    presets = {"credit": {"text": "DARKROOM", "owners": ["press"], "renditions": ["jpeg"], "scale": 0.9, "opacity": 1}}
    changed_conf(watermarks=json.dumps(presets))  # type: ignore[operator]
    data = encode(make_picture(640, 480, seed=31), "PNG")
    marked, plain = processed(data, owner="press"), processed(data, owner="private")
    difference = {
        name: picture_of(marked, name).convert("RGB").tobytes() != picture_of(plain, name).convert("RGB").tobytes()
        for name in ("jpeg", "webp", "large")
    }
    assert difference == {"jpeg": True, "webp": False, "large": False}


def test_a_rendition_can_be_asked_for_with_a_watermark(changed_conf: object) -> None:
    changed_conf(watermarks='{"credit": {"text": "DARKROOM", "position": "tiled"}}')  # type: ignore[operator]
    record = processed(make_jpeg(seed=32), owner="ren")
    for watermark in ("", "credit"):
        rendering.render(record.image_id, RenditionRequest(width=320, watermark=watermark))
    after = reread(record)
    names = ["jpeg_320x-_inside_q85", "jpeg_320x-_inside_q85_w-credit"]
    assert picture_of(after, names[0]).tobytes() != picture_of(after, names[1]).tobytes()


@pytest.mark.parametrize("text", ["{", "[]", '{"a": {"colour": "red"}}', '{"A B": {"text": "x"}}', '{"a": 1}'])
def test_a_wrong_watermark_setting_says_what_is_wrong(text: str) -> None:
    with pytest.raises(ConfigurationError, match="DARKROOM_WATERMARKS"):
        watermarks.read(text)
