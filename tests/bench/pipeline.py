"""The main job: how fast thumbnails are there, what an image costs in time, memory, calls and units."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

import django

from tests.support.aws import EMULATOR, REKOGNITION, as_role

django.setup()

from config.local_aws import dispatcher  # noqa: E402 - after the environment is prepared
from media_pipeline.access.readers import Reader  # noqa: E402
from media_pipeline.conf import conf  # noqa: E402
from media_pipeline.imaging.encoders import encode_jpeg, encode_webp  # noqa: E402
from media_pipeline.imaging.metadata import read_metadata  # noqa: E402
from media_pipeline.imaging.opening import open_picture  # noqa: E402
from media_pipeline.imaging.thumbnails import thumbnails  # noqa: E402
from media_pipeline.intake import uploading  # noqa: E402
from media_pipeline.intake.uploading import Announcement  # noqa: E402
from media_pipeline.pipeline import run  # noqa: E402
from media_pipeline.record.models import Image  # noqa: E402
from media_pipeline.review import policy  # noqa: E402
from media_pipeline.review.policy import Policy  # noqa: E402
from media_pipeline.storage.buckets import UploadForm  # noqa: E402
from tests.bench import figures  # noqa: E402
from tests.support import hooks  # noqa: E402
from tests.support.pictures import make_jpeg, unseen  # noqa: E402
from tests.support.uploads import stored, uploaded  # noqa: E402

TWELVE, TWENTY_FOUR = (4000, 3000), (6000, 4000)
BENCH = Reader("bench")


def new_photo(size: tuple[int, int] = TWELVE) -> bytes:
    return make_jpeg(
        *size, seed=unseen(), quality=90, make="Canon", model="Canon EOS 40D", taken_at="2026:05:17 14:03:59"
    )


def photos(folder: Path | None) -> list[bytes]:
    """Six of 12 megapixels, or the folder's JPEGs."""
    if folder is None:
        return [new_photo() for _ in range(6)]
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.suffix.lower() in {".jpg", ".jpeg"}]


# The pixels alone


def pixel_work(pictures: list[bytes]) -> dict[str, float]:
    """CPU seconds an image and stage, without any AWS."""
    spent = dict.fromkeys(("decode", "thumbnails", "jpeg", "webp", "metadata"), 0.0)
    for data in pictures:
        clock = time.process_time
        marks = [clock()]
        pixels = open_picture(data, max_pixels=conf.max_pixels).decode()
        marks.append(clock())
        for small in thumbnails(pixels, (150, 300, 600)).values():
            encode_jpeg(small, quality=conf.thumbnail_quality)
        marks.append(clock())
        encode_jpeg(pixels, quality=conf.jpeg_quality)
        marks.append(clock())
        encode_webp(pixels, quality=conf.webp_quality, method=conf.webp_method)
        marks.append(clock())
        read_metadata(data)
        marks.append(clock())
        for name, start, end in zip(spent, marks, marks[1:], strict=False):
            spent[name] += (end - start) / len(pictures)
    return spent


# The whole job


def process(data: bytes) -> float:
    _, version = uploaded(data, owner=BENCH.id)
    started = time.perf_counter()
    run.process_object(version)
    return time.perf_counter() - started


def calls_and_units() -> tuple[int, float, float]:
    """AWS calls of the pipeline, write units on the record, and on terms, for one photo from its announcement on."""
    with hooks.written_units() as units:
        record, form = uploading.start_upload(BENCH, Announcement("a.jpg", "image/jpeg", 1, tags=list("abcdef")))
        del form
        stored = uploaded_to(record, new_photo((1600, 1200)))
        with hooks.counted_calls() as calls:
            run.process_object(stored)
    return sum(calls.values()), units["media"], units["terms"]


def uploaded_to(record: Image, data: bytes) -> object:

    return stored(data, record.object_key)


def peak_memory(size: tuple[int, int]) -> float:
    """Megabytes at the peak of a process of its own that takes one photo through the stages."""
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        file.write(new_photo(size))
        file.flush()
        command = [sys.executable, "-m", "tests.bench.one_image", file.name]
        printed = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    return float(printed.stdout.splitlines()[-1])


# From the browser's point of view


def post(form: UploadForm, data: bytes) -> None:
    boundary = "bench"
    fields = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form.fields.items()
    )
    head = f'{fields}--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
    request = urllib.request.Request(
        form.url,
        body,
        {"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    urllib.request.urlopen(request).close()


def upload_to_visible(pictures: list[bytes]) -> Iterator[float]:
    """Seconds from the end of each upload until its thumbnails are on the record."""
    for data in pictures:
        record, form = uploading.start_upload(BENCH, Announcement("a.jpg", "image/jpeg", len(data)))
        post(form, data)
        ended = time.perf_counter()
        while not (Image.load(record.image_id) or record).rendition_list:
            time.sleep(0.01)
        yield time.perf_counter() - ended
        while (Image.load(record.image_id) or record).unfinished is not None:  # the next starts on a quiet machine
            time.sleep(0.02)


@contextmanager
def stack() -> Iterator[None]:
    EMULATOR.start()
    try:
        EMULATOR.provision()
        policy.publish(Policy(version=1, sample_rate=0))
        yield
    finally:
        EMULATOR.stop()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--peers", action="store_true")
    options, _ = parser.parse_known_args()
    figures.heading(f"The main job, on {'pictures made for it, 12 MP' if options.photos is None else options.photos}")
    pictures = photos(options.photos)
    spent = pixel_work(pictures)
    for name, seconds in spent.items():
        figures.keep(f"pixels.{name}", 1000 * seconds, "CPU ms")
    with stack(), ExitStack() as running:
        cpu = time.process_time()
        walls = [process(data) for data in pictures]
        figures.keep("pipeline.images_per_second_per_core", len(pictures) / (time.process_time() - cpu), "images/s")
        figures.keep("pipeline.processing_median", statistics.median(walls), "s")
        total, media, terms = calls_and_units()
        figures.keep("pipeline.aws_calls_per_image", total, "calls")
        figures.keep("pipeline.write_units_without_terms", media, "WCU", at_most=10)
        figures.keep("pipeline.write_units_with_terms", media + terms, "WCU", at_most=26)
        figures.keep("pipeline.peak_memory_24mp", peak_memory(TWENTY_FOUR), "MB", at_most=400)
        recognition()
        where = {"AWS_ENDPOINT_URL_REKOGNITION": REKOGNITION.endpoint}
        child = dispatcher.spawn(EMULATOR, log=EMULATOR.directory / "pipeline.log", environment=where)
        running.callback(child.stop, patience=30)
        running.enter_context(as_role("web"))
        list(upload_to_visible(pictures[:1]))  # the first one waits for the dispatcher to start
        seconds = sorted(upload_to_visible([new_photo() for _ in range(15)]))
        median = statistics.median(seconds)
        figures.keep("upload.thumbnails_visible_median", median, "s", at_most=1)
        figures.keep("upload.thumbnails_visible_p95", seconds[int(len(seconds) * 0.95)], "s")
        figures.keep("upload.ratio_to_pixel_work", median / (spent["decode"] + spent["thumbnails"]), "x")


def recognition() -> None:
    """What recognition adds when it answers in 300 ms, and what the same bytes cost the second time."""
    from media_pipeline.pipeline import order

    plain = tuple(stage for stage in order.STAGES if stage.name in {"thumbnails", "optimize", "metadata"})
    without, with_ = [], []
    REKOGNITION.delay = 0.3
    for _ in range(5):  # interleaved: the machine is shared
        with mock.patch.object(run, "STAGES", plain):
            without.append(process(new_photo()))
        with_.append(process(new_photo()))
    REKOGNITION.delay = 0
    added = 100 * (statistics.median(with_) / statistics.median(without) - 1)
    figures.keep("recognition.added_until_ready", added, "%", at_most=10)
    originals = [make_jpeg(320, 240, seed=unseen()) for _ in range(60)]
    with REKOGNITION.counted() as calls:
        for data in [*originals, *originals[:40]]:
            process(data)
    figures.keep(
        "recognition.moderation_calls_for_60_and_40_again", calls["DetectModerationLabels"], "calls", at_most=60
    )
    figures.keep("recognition.face_calls_for_60_and_40_again", calls["DetectFaces"], "calls", at_most=60)


if __name__ == "__main__":
    main()
