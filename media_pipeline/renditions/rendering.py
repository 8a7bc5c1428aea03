"""Making renditions: which encoder, with which watermark, and the one that somebody asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

from PIL import Image as Pillow

from media_pipeline import telemetry
from media_pipeline.conf import conf
from media_pipeline.errors import InvalidRequestError
from media_pipeline.imaging.encoders import encode_avif, encode_jpeg, encode_png, encode_webp
from media_pipeline.imaging.fitting import Fit, place, placed
from media_pipeline.imaging.opening import open_picture
from media_pipeline.imaging.watermark import Watermark, apply_watermark
from media_pipeline.record import faces, ledger
from media_pipeline.record.models import Image, Rendition, Status
from media_pipeline.renditions.requests import MAX_PER_IMAGE, RenditionRequest
from media_pipeline.renditions.watermarks import Preset, presets
from media_pipeline.storage import buckets
from media_pipeline.telemetry import logger


def render(image_id: str, request: RenditionRequest) -> None:
    """Make and store it, unless it is there already or the image may not be delivered (any more)."""
    telemetry.about(image_id=image_id)
    record = Image.load(image_id)
    if record is None or record.status is not Status.READY or record.rendition(request.name):
        logger.info("rendition not made", rendition=request.name, status=record.status if record else "gone")
        return
    if len(record.rendition_list) >= MAX_PER_IMAGE:  # many may be asked for before the first is made
        logger.warning("rendition not made, the image has enough", rendition=request.name)
        return
    original = buckets.fetch_original(record.object_key, record.version_id)
    pixels = open_picture(original, max_pixels=conf.max_pixels).decode()
    target = (request.width or pixels.width, request.height or pixels.height)
    fit = cast("Fit", request.fit)  # checked when it was asked for
    boxes = [face.box for face in faces.read(record.faces)]
    made = marked(placed(pixels, place(pixels.size, target, fit, boxes)), _preset(request))
    data = encode(made, request.format, request.quality)
    rendition = Rendition(request.name, request.format, made.width, made.height, len(data))
    buckets.put_rendition(image_id, rendition, data)
    if not ledger.add_rendition(record, rendition):
        buckets.remove_renditions([rendition.key(image_id)])  # erased meanwhile


def encode(pixels: Pillow.Image, format: str, quality: int) -> bytes:  # noqa: A002 - the API's word
    match format:
        case "jpeg":
            return encode_jpeg(pixels, quality=quality)
        case "webp":
            return encode_webp(pixels, quality=quality, method=conf.webp_method)
        case "avif":
            return encode_avif(pixels, quality=round(quality * AVIF_QUALITY))
        case "png":
            return encode_png(pixels)
    raise InvalidRequestError(f"There is no encoder for {format}.", field="format")


AVIF_QUALITY = 0.75  # libaom's scale: its 64 looks like JPEG's and WebP's 85


def marked(pixels: Pillow.Image, preset: Preset | None) -> Pillow.Image:
    return apply_watermark(pixels, _watermark(preset)) if preset else pixels


def _preset(request: RenditionRequest) -> Preset | None:
    return presets().get(request.watermark)


@cache
def _watermark(preset: Preset) -> Watermark:
    return Watermark(
        text=preset.text,
        image=Path(preset.image).read_bytes() if preset.image else b"",
        font=Path(preset.font).read_bytes() if preset.font else b"",
        position=preset.position,  # type: ignore[arg-type] # the operator's text; Watermark refuses other words
        opacity=preset.opacity,
        scale=preset.scale,
        margin=preset.margin,
    )
