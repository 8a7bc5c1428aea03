"""What one image takes, counted on the embedded AWS, and what a million cost at list prices.

The photo is of the size that the reference design reckons with (half a megabyte stored an image); one of 12 megapixels
is reckoned beside it. Waiting for AWS and the traffic's shares cannot be measured here: costs.py says what is assumed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.bench.pipeline import BENCH, new_photo, stack  # prepares the environment, so it comes first

# ruff: isort: split

from media_pipeline.costs import costs
from media_pipeline.costs.costs import Function, Traffic, Usage
from media_pipeline.imaging.opening import open_picture
from media_pipeline.intake import uploading
from media_pipeline.intake.uploading import Announcement
from media_pipeline.management.commands.cost_report import MEASURED, scenarios
from media_pipeline.pipeline import run
from media_pipeline.pipeline.first_look import networks
from media_pipeline.pipeline.first_look.networks import missing_packages
from media_pipeline.pipeline.stage import Work
from media_pipeline.record.models import Image
from tests.bench import figures
from tests.support import hooks
from tests.support.uploads import stored

REFERENCE_SIZE, CAMERA_SIZE = (1280, 960), (4000, 3000)
IMAGES = 10


@contextmanager
def units() -> Iterator[Counter[str]]:
    """DynamoDB's charges within, as {"read": 9.0, "write": 27.0}."""
    counted: Counter[str] = Counter()

    def ask(params: dict[str, Any], model: Any, **_: Any) -> None:
        if "ReturnConsumedCapacity" in model.input_shape.members:
            params["ReturnConsumedCapacity"] = "INDEXES"

    def add(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        consumed = parsed.get("ConsumedCapacity", [])
        for table in consumed if isinstance(consumed, list) else [consumed]:
            counted["write" if model.name in hooks.WRITES else "read"] += table["CapacityUnits"]

    with (
        hooks.registered(["dynamodb"], "provide-client-params.{}", ask),
        hooks.registered(["dynamodb"], "after-call.{}", add),
    ):
        yield counted


def usage(size: tuple[int, int], images: int) -> Usage:
    """The mean of so many, from the announcement to the last write, as the pipeline's function would be billed."""
    photos = [new_photo(size) for _ in range(images)]
    cpu = megabytes = 0.0
    with hooks.counted_calls() as calls, units() as charged:
        for data in photos:
            tags = ["holiday", "sea", "2026"]
            record, _ = uploading.start_upload(BENCH, Announcement("a.jpg", "image/jpeg", len(data), tags=tags))
            version = stored(data, record.object_key)
            started = time.process_time()
            run.process_object(version)
            cpu += time.process_time() - started
            made = Image.load(record.image_id)
            assert made is not None
            assert made.unfinished is None
            megabytes += (len(data) + sum(rendition.bytes for rendition in made.rendition_list)) / 1e6
    return replace(
        Usage(),
        cpu_seconds=cpu / images,
        s3_writes=calls["s3.PutObject"] / images + 1,  # and the upload itself
        s3_reads=calls["s3.GetObject"] / images,
        stored_mb=megabytes / images,
        write_units=charged["write"] / images,
        read_units=(charged["read"] - images) / images,  # the line that reads the record above is not the pipeline's
    )


def first_look_seconds(images: int) -> float:
    """CPU of both networks on what Rekognition would get, the decoding of it included."""
    data = new_photo(REFERENCE_SIZE)
    picture = open_picture(data, max_pixels=100_000_000)
    jpeg = Work(Image("01HZZZZZZZZZZZZZZZZZZZZZZZ"), data, picture, picture.decode()).recognition_jpeg
    networks.nudity(jpeg), networks.face(jpeg)  # loading is a cold start's
    started = time.process_time()
    for _ in range(images):
        networks.nudity(jpeg)
        networks.face(jpeg)
    return (time.process_time() - started) / images


def main() -> None:
    figures.heading("What a million images cost, in dollars at list prices")
    with stack():
        typical = usage(REFERENCE_SIZE, IMAGES)
        camera = usage(CAMERA_SIZE, 3)
    if not missing_packages():
        typical = replace(typical, first_look_cpu_seconds=first_look_seconds(IMAGES))
        figures.keep(f"{MEASURED}first_look_cpu_seconds", typical.first_look_cpu_seconds, "CPU s")
    for name, unit in UNITS.items():
        figures.keep(f"{MEASURED}{name}", getattr(typical, name), unit)
    conclude(typical, camera)


UNITS = {
    "cpu_seconds": "CPU s",
    "s3_writes": "requests",
    "s3_reads": "requests",
    "stored_mb": "MB",
    "write_units": "WCU",
    "read_units": "RCU",
}


def conclude(typical: Usage, camera: Usage) -> None:
    function, traffic = Function(), Traffic()
    plain = costs.total(costs.processing(typical, function))
    labels_and_faces, people, everything, reuse, first_look = (
        costs.total(lines) for lines in scenarios(typical, traffic, function).values()
    )
    figures.keep("cost.without_recognition", plain, "$", at_most=100)
    figures.keep("cost.without_recognition_12mp", costs.total(costs.processing(camera, function)), "$")
    figures.keep("cost.labels_and_faces", labels_and_faces, "$")
    figures.keep("cost.with_people_recognised", people, "$")
    figures.keep("cost.everything_on", everything, "$")
    figures.keep("cost.with_reuse", reuse, "$")
    figures.keep("cost.with_first_look", first_look, "$", at_most=costs.REFERENCE_DOLLARS)
    share = costs.largest_face_share(typical, traffic, function, dollars=costs.REFERENCE_DOLLARS)
    figures.keep("cost.face_share_that_meets_the_goal", 100 * (share or 0), "%")
    figures.say(f"Assumed: {traffic}. `manage.py cost_report` shows the arithmetic.")


if __name__ == "__main__":
    main()
