"""Three thumbnails, stored side by side: what everybody waits for; and what a page paints before they arrive."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from media_pipeline import imaging, likeness, storage
from media_pipeline.conf import conf
from media_pipeline.models import THUMBNAILS, Rendition
from media_pipeline.stages.stage import Result, Stage, Work


def run(work: Work) -> Result:
    pixels_by_size = imaging.thumbnails(work.pixels, tuple(THUMBNAILS.values()))

    def store(name: str) -> Rendition:
        pixels = pixels_by_size[THUMBNAILS[name]]
        data = imaging.encode_jpeg(pixels, quality=conf.thumbnail_quality)
        rendition = Rendition(name, "jpeg", pixels.width, pixels.height, len(data))
        storage.put_rendition(work.record.image_id, rendition, data)
        return rendition

    with ThreadPoolExecutor(len(THUMBNAILS)) as pool:
        renditions = tuple(pool.map(store, THUMBNAILS))
    medium = pixels_by_size[THUMBNAILS["medium"]]
    placeholder = imaging.placeholder(medium)
    facts = {
        "thumbhash": placeholder.thumbhash,
        "colour": placeholder.colour,
        "phash": likeness.pack(*imaging.phash(medium)),
    }
    return Result(renditions=renditions, facts=facts)


STAGE = Stage("thumbnails", run)
