"""Thousands of photos for the browser to scroll through: written directly, one small picture for all of them."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ulid import ULID

from tests.support.aws import EMULATOR
from tests.support.pictures import make_jpeg

SIZES = ((600, 400), (400, 600), (600, 338), (600, 600), (600, 450))
NEWEST = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def crowd(library: str, count: int, *, months: int = 12) -> list[str]:
    """The ids of so many ready photos, newest first, spread evenly over so many months."""
    ids = ids_of(count, months=months)
    write(library, ids)
    draw(ids)
    return ids


def ids_of(count: int, *, months: int) -> list[str]:
    apart = dt.timedelta(days=30.4 * months) / count
    return [str(ULID.from_datetime(NEWEST - number * apart)) for number in range(count)]


def month_of(image_id: str) -> str:
    return f"{ULID.from_str(image_id).datetime:%Y-%m}"


def write(library: str, ids: list[str]) -> None:
    from media_pipeline.record.models import Image, Term
    from media_pipeline.search import terms

    with Term.batch_write() as batch:
        for image_id in ids:
            batch.save(Term(f"{library}|{terms.ALL}", image_id))
    with Image.batch_write() as batch:
        for number, image_id in enumerate(ids):
            batch.save(Image(image_id, owner=library, library=library, **facts(number)))


def facts(number: int) -> dict[str, Any]:
    width, height = SIZES[number % len(SIZES)]
    return {
        "revision": 3,
        "filename": f"IMG_{number:05}.jpg",
        "content_type": "image/jpeg",
        "bytes": 3_000_000,
        "version_id": "1",
        "format": "jpeg",
        "width": 10 * width,
        "height": 10 * height,
        "colour": "#8a7f6b",
        "thumbhash": "1QcSHQRnh493V4dIh4eXh1h4kJUI",
        "renditions": {"large": ["jpeg", width, height, 40_000], "jpeg": ["jpeg", 10 * width, 10 * height, 900_000]},
    }


def draw(ids: list[str], *, part: int = 1) -> None:
    from media_pipeline.conf import conf
    from media_pipeline.record.models import rendition_key

    s3 = EMULATOR.root_client("s3")
    # At a `part` of the size that the records say, a browser stretches them and has less to decode.
    sizes = [(width // part, height // part) for width, height in SIZES]
    pictures = [make_jpeg(*size, seed=number, quality=60) for number, size in enumerate(sizes)]

    def put(numbered: tuple[int, str]) -> None:
        number, image_id = numbered
        s3.put_object(
            Bucket=conf.renditions_bucket,
            Key=rendition_key(image_id, "large", "jpeg"),
            Body=pictures[number % len(pictures)],
            ContentType="image/jpeg",
            CacheControl="private, max-age=31536000, immutable",
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, enumerate(ids)))
