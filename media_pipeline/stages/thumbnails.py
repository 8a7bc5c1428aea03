"""Three thumbnails, stored side by side: what everybody waits for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from media_pipeline import imaging, storage
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
        return Result(renditions=tuple(pool.map(store, THUMBNAILS)))


STAGE = Stage("thumbnails", run)
