"""The picture of a request: fetched, held to Rekognition's limits, decoded upright.

https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import boto3
import numpy as np
from botocore.exceptions import BotoCoreError, ClientError
from PIL import ImageOps
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from config.local_aws.detectors.geometry import Pixels
from config.local_aws.rekognition.errors import ServiceError, invalid_parameter

MAX_BYTES, MAX_OBJECT_BYTES = 5 * 1024 * 1024, 15 * 1024 * 1024
MIN_SIDE, MAX_SIDE = 80, 10_000
WORKING_SIDE = 1600  # more than any of the models looks at
FORMATS: dict[bytes, type[ImageFile]] = {b"\xff\xd8\xff": JpegImageFile, b"\x89PNG\r\n\x1a\n": PngImageFile}


@dataclass(frozen=True)
class Picture:
    """`pixels` are upright and scaled to WORKING_SIDE; `width` and `height` are those of the picture itself."""

    pixels: Pixels
    width: int
    height: int
    digest: str


def read(image: dict[str, Any]) -> Picture:
    """The picture that a request's `Image` gives as bytes or names in S3."""
    if ("Bytes" in image) == ("S3Object" in image):
        raise invalid_parameter("Request has invalid parameters: an image has either Bytes or an S3Object.")
    content = _limited(image["Bytes"], MAX_BYTES) if "Bytes" in image else _object(image["S3Object"])
    return decode(content)


def decode(content: bytes) -> Picture:
    opened = _opened(content)
    width, height = opened.size
    if min(width, height) < MIN_SIDE:
        raise invalid_parameter(
            f"Request has invalid parameters: the image is {width} x {height} pixels, "
            f"and Rekognition needs {MIN_SIDE} each way."
        )
    if max(width, height) > MAX_SIDE:
        raise ServiceError(
            "ImageTooLargeException",
            f"Input image dimensions {width} x {height} exceed maximum dimension size of {MAX_SIDE} pixels",
        )
    try:
        opened.draft("RGB", (WORKING_SIDE, WORKING_SIDE))  # a JPEG is decoded at half or a quarter of its size
        upright = ImageOps.exif_transpose(opened)
        turned = (upright.width > upright.height) != (opened.width > opened.height)
        upright = upright.convert("RGB")
        upright.thumbnail((WORKING_SIDE, WORKING_SIDE), reducing_gap=2)
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error) as error:
        raise _wrong_format() from error
    pixels = np.ascontiguousarray(upright, dtype=np.uint8)
    if turned:
        width, height = height, width
    return Picture(pixels, width, height, hashlib.sha256(content).hexdigest())


def _opened(content: bytes) -> ImageFile:
    """By the decoder itself, not Image.open: that warns of sizes which Rekognition still takes."""
    for magic, decoder in FORMATS.items():
        if content.startswith(magic):
            try:
                return decoder(io.BytesIO(content))
            except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error) as error:
                raise _wrong_format() from error
    raise _wrong_format()


def _wrong_format() -> ServiceError:
    return ServiceError("InvalidImageFormatException", "Request has invalid image format")


def _limited(content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise ServiceError("ImageTooLargeException", f"Image size is too large: {len(content)} bytes of {limit}")
    return content


def _object(named: dict[str, Any]) -> bytes:
    """Read as the user this server runs as: it cannot know its caller's permissions."""
    version = {"VersionId": named["Version"]} if "Version" in named else {}
    try:
        found = boto3.client("s3").get_object(Bucket=named.get("Bucket", ""), Key=named.get("Name", ""), **version)
        return _limited(found["Body"].read(MAX_OBJECT_BYTES + 1), MAX_OBJECT_BYTES)
    except (BotoCoreError, ClientError) as error:
        raise ServiceError(
            "InvalidS3ObjectException",
            "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
        ) from error
