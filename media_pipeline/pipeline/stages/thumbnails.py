"""Three thumbnails, stored side by side: what everybody waits for; and what a page paints before they arrive."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from media_pipeline.conf import conf
from media_pipeline.imaging import placeholder as placeholder_room
from media_pipeline.imaging.encoders import encode_jpeg
from media_pipeline.imaging.phash import phash
from media_pipeline.imaging.thumbnails import thumbnails
from media_pipeline.pipeline.stage import Result, Stage, Work
from media_pipeline.record.models import THUMBNAILS, Rendition
from media_pipeline.search import likeness
from media_pipeline.storage import buckets


def run(work: Work) -> Result:
    pixels_by_size = thumbnails(work.pixels, tuple(THUMBNAILS.values()))

    def store(name: str) -> Rendition:
        pixels = pixels_by_size[THUMBNAILS[name]]
        data = encode_jpeg(pixels, quality=conf.thumbnail_quality)
        rendition = Rendition(name, "jpeg", pixels.width, pixels.height, len(data))
        buckets.put_rendition(work.record.image_id, rendition, data)
        return rendition

    with ThreadPoolExecutor(len(THUMBNAILS)) as pool:
        renditions = tuple(pool.map(store, THUMBNAILS))
    medium = pixels_by_size[THUMBNAILS["medium"]]
    placeholder = placeholder_room.placeholder(medium)
    facts = {
        "thumbhash": placeholder.thumbhash,
        "colour": placeholder.colour,
        "phash": likeness.pack(*phash(medium)),
    }
    return Result(renditions=renditions, facts=facts)


STAGE = Stage("thumbnails", run)
