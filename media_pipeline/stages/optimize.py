"""The image at full size for the web: a progressive JPEG and a WebP."""

from __future__ import annotations

from collections.abc import Callable

from media_pipeline import imaging, storage
from media_pipeline.conf import conf
from media_pipeline.errors import OutputImpossibleError
from media_pipeline.models import Rendition
from media_pipeline.stages.stage import Result, Stage, Work
from media_pipeline.telemetry import logger


def run(work: Work) -> Result:
    encoders: dict[str, Callable[[], bytes]] = {
        "jpeg": lambda: imaging.encode_jpeg(work.pixels, quality=conf.jpeg_quality),
        "webp": lambda: imaging.encode_webp(work.pixels, quality=conf.webp_quality, method=conf.webp_method),
    }
    renditions = []
    for name, encode in encoders.items():
        try:
            data = encode()
        except OutputImpossibleError as error:
            logger.info("rendition left out", rendition=name, reason=str(error))
            continue
        rendition = Rendition(name, name, work.pixels.width, work.pixels.height, len(data))
        storage.put_rendition(work.record.image_id, rendition, data)
        renditions.append(rendition)
    return Result(renditions=tuple(renditions))


STAGE = Stage("optimize", run)
