"""The image at full size for the web: a progressive JPEG, and a WebP or an AVIF; an animation as animated WebP too."""

from __future__ import annotations

from collections.abc import Iterator

from media_pipeline.conf import conf
from media_pipeline.errors import OutputImpossibleError
from media_pipeline.imaging.animation import animated_webp
from media_pipeline.imaging.avif_choice import choose_avif
from media_pipeline.imaging.opening import open_picture
from media_pipeline.imaging.stripping import strip_metadata
from media_pipeline.pipeline.stage import Result, Stage, Work
from media_pipeline.record.models import Rendition
from media_pipeline.renditions import rendering
from media_pipeline.renditions.watermarks import eager
from media_pipeline.storage import buckets
from media_pipeline.telemetry import logger


def run(work: Work) -> Result:
    renditions = []
    for rendition, data in _outputs(work):
        buckets.put_rendition(work.record.image_id, rendition, data)
        renditions.append(rendition)
    return Result(renditions=tuple(renditions))


def _outputs(work: Work) -> Iterator[tuple[Rendition, bytes]]:
    """One after the other, so that only one is in memory at a time; what cannot be made of this image is left out."""
    yield from _output(work, "jpeg")
    avif = _avif(work) if conf.avif else None
    if avif is not None:
        yield Rendition("avif", "avif", work.pixels.width, work.pixels.height, len(avif)), avif
    else:
        yield from _output(work, "webp")
    if work.picture.frames > 1:
        yield from _animation(work)


def _output(work: Work, name: str) -> Iterator[tuple[Rendition, bytes]]:
    preset = eager(work.record.owner, name)
    try:
        data = rendering.encode(rendering.marked(work.pixels, preset), name, _quality(name))
    except OutputImpossibleError as error:
        logger.info("rendition left out", rendition=name, reason=str(error))
        return
    if preset is None and work.picture.format == name and len(data) >= len(work.original):
        data = min(data, strip_metadata(work.picture) or data, key=len)
    yield Rendition(name, name, work.pixels.width, work.pixels.height, len(data)), data


def _quality(name: str) -> int:
    return conf.jpeg_quality if name == "jpeg" else conf.webp_quality


def _avif(work: Work) -> bytes | None:
    """The AVIF in place of the WebP: as good, and at least a tenth smaller; None where there is no such AVIF."""
    pixels = rendering.marked(work.pixels, eager(work.record.owner, "avif"))
    return choose_avif(pixels, webp_quality=conf.webp_quality, webp_method=conf.webp_method)


def _animation(work: Work) -> Iterator[tuple[Rendition, bytes]]:
    try:
        data = animated_webp(work.picture)
    except OutputImpossibleError as error:
        logger.info("rendition left out", rendition="animated", reason=str(error))
        return
    made = open_picture(data, max_pixels=conf.max_pixels)
    yield Rendition("animated", "webp", made.width, made.height, len(data)), data


STAGE = Stage("optimize", run)
