from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.local_aws.rekognition.stubs import RED, picture

CALLS = ["detect_faces", "detect_moderation_labels", "detect_labels", "detect_text"]


@pytest.mark.parametrize("call", CALLS)
def test_every_detection_refuses_what_is_no_image(rekognition: Any, call: str) -> None:
    with pytest.raises(rekognition.exceptions.InvalidImageFormatException):
        getattr(rekognition, call)(Image={"Bytes": b"not an image"})


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "BMP"])
def test_only_jpeg_and_png_are_formats(rekognition: Any, kind: str) -> None:
    with pytest.raises(rekognition.exceptions.InvalidImageFormatException):
        rekognition.detect_faces(Image={"Bytes": picture(RED, kind=kind)})


def test_png_is_as_good_as_jpeg(rekognition: Any) -> None:
    assert len(rekognition.detect_faces(Image={"Bytes": picture(RED, kind="PNG")})["FaceDetails"]) == 1


@pytest.mark.parametrize("kept", [30, 600])
def test_a_truncated_image_has_the_wrong_format(rekognition: Any, kept: int) -> None:
    with pytest.raises(rekognition.exceptions.InvalidImageFormatException):
        rekognition.detect_faces(Image={"Bytes": picture(RED, kind="PNG")[:kept]})


def test_more_than_five_megabytes_are_too_large(rekognition: Any) -> None:
    grain = np.random.default_rng(1).integers(0, 255, (1400, 1400, 3), dtype=np.uint8)
    content = io.BytesIO()
    Image.fromarray(grain).save(content, "PNG")
    assert len(content.getvalue()) > 5 * 1024 * 1024
    with pytest.raises(rekognition.exceptions.ImageTooLargeException):
        rekognition.detect_faces(Image={"Bytes": content.getvalue()})


def test_a_side_over_ten_thousand_pixels_is_too_large(rekognition: Any) -> None:
    with pytest.raises(rekognition.exceptions.ImageTooLargeException, match="10001 x 80"):
        rekognition.detect_faces(Image={"Bytes": picture(size=(10_001, 80))})


@pytest.mark.parametrize("size", [(79, 200), (200, 79)])
def test_a_side_under_eighty_pixels_is_an_invalid_parameter(rekognition: Any, size: tuple[int, int]) -> None:
    with pytest.raises(rekognition.exceptions.InvalidParameterException, match="80"):
        rekognition.detect_moderation_labels(Image={"Bytes": picture(size=size)})


@pytest.mark.parametrize("size", [(80, 80), (10_000, 80)])
def test_the_limits_themselves_are_allowed(rekognition: Any, size: tuple[int, int]) -> None:
    assert rekognition.detect_faces(Image={"Bytes": picture(size=size)})["FaceDetails"] == []


def test_an_image_is_either_bytes_or_an_object(rekognition: Any) -> None:
    for image in ({}, {"Bytes": picture(), "S3Object": {"Bucket": "bucket", "Name": "key"}}):
        with pytest.raises(rekognition.exceptions.InvalidParameterException):
            rekognition.detect_faces(Image=image)


def test_boxes_are_those_of_the_upright_picture(rekognition: Any) -> None:
    stored = Image.open(io.BytesIO(picture(RED, kind="PNG"))).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter to the right to see it upright
    content = io.BytesIO()
    stored.save(content, "JPEG", exif=exif, quality=95)
    upright = rekognition.detect_faces(Image={"Bytes": picture(RED)})["FaceDetails"][0]["BoundingBox"]
    turned = rekognition.detect_faces(Image={"Bytes": content.getvalue()})["FaceDetails"][0]["BoundingBox"]
    assert turned == pytest.approx(upright, abs=0.02)


def test_an_object_in_s3_is_fetched_in_the_version_named(rekognition: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, str] = {}

    class S3:
        def get_object(self, **named: str) -> dict[str, Any]:
            asked.update(named)
            return {"Body": io.BytesIO(picture(RED))}

    monkeypatch.setattr("config.local_aws.rekognition.pictures.boto3.client", lambda _: S3())
    named = {"Bucket": "originals", "Name": "original/1", "Version": "v1"}
    assert len(rekognition.detect_faces(Image={"S3Object": named})["FaceDetails"]) == 1
    assert asked == {"Bucket": "originals", "Key": "original/1", "VersionId": "v1"}
