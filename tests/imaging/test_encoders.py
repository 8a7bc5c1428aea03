from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from media_pipeline.errors import OutputImpossibleError
from media_pipeline.imaging import encoders
from media_pipeline.imaging.encoders import encode_avif, encode_jpeg, encode_png, encode_webp
from media_pipeline.imaging.opening import open_picture
from tests.imaging.samples import photo

Encode = Callable[[Image.Image], bytes]

ENCODERS: dict[str, Encode] = {
    "JPEG": lambda pixels: encode_jpeg(pixels, quality=85),
    "WEBP": lambda pixels: encode_webp(pixels, quality=85, method=4),
    "AVIF": lambda pixels: encode_avif(pixels, quality=70),
    "PNG": encode_png,
}


def read(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as file:
        file.load()
        return file


@pytest.mark.parametrize("kind", ENCODERS)
@pytest.mark.parametrize("size", [(1, 1), (7, 600), (96, 64), (640, 513)])
def test_every_encoder_keeps_the_picture(kind: str, size: tuple[int, int]) -> None:
    pixels = photo(*size)
    back = read(ENCODERS[kind](pixels))
    assert (back.format, back.size) == (kind, size)
    error = np.abs(np.asarray(back.convert("RGB"), dtype=int) - np.asarray(pixels, dtype=int)).mean()
    assert error == 0 if kind == "PNG" else error < 8


@pytest.mark.parametrize("kind", ENCODERS)
def test_no_metadata_leaves(kind: str) -> None:
    pixels = open_picture(_with_everything(), max_pixels=10**6).decode()
    assert not {"exif", "icc_profile", "xmp", "comment", "dpi"} & set(read(ENCODERS[kind](pixels)).info)


def _with_everything() -> bytes:
    tags = Image.Exif()
    tags[0x010F] = "A camera"
    sink = BytesIO()
    photo().save(sink, "JPEG", exif=tags, comment=b"private", xmp=b"<x:xmpmeta/>", dpi=(300, 300))
    return sink.getvalue()


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "PNG"])
def test_transparency_is_kept_where_the_format_can(kind: str) -> None:
    pixels = photo(64, 64).convert("RGBA")
    pixels.putalpha(Image.linear_gradient("L").resize((64, 64)))
    back = read(ENCODERS[kind](pixels))
    assert back.mode == "RGBA"
    assert np.abs(np.subtract(back.getchannel("A"), pixels.getchannel("A"), dtype=int)).max() <= 6


def test_transparency_lies_on_white_in_a_jpeg() -> None:
    pixels = Image.new("RGBA", (32, 32), (255, 0, 0, 0))
    pixels.paste((0, 0, 0, 128), (16, 0, 32, 32))
    back = read(encode_jpeg(pixels, quality=95))
    assert min(back.getpixel((2, 2))) >= 253  # type: ignore[arg-type]
    assert abs(back.getpixel((28, 2))[0] - 127) <= 3  # type: ignore[index]


def test_a_jpeg_is_progressive_unless_told_otherwise() -> None:
    assert read(encode_jpeg(photo(), quality=85)).info.get("progressive")
    assert not read(encode_jpeg(photo(), quality=85, progressive=False)).info.get("progressive")


def test_jpegli_makes_fewer_bytes_than_its_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both make the picture."""
    pixels = photo(512, 384)
    jpegli = encode_jpeg(pixels, quality=85)
    monkeypatch.setattr(encoders, "ajpegli", None)
    pillow = encode_jpeg(pixels, quality=85)
    assert len(jpegli) < len(pillow)
    assert read(pillow).info.get("progressive")
    assert np.abs(np.subtract(read(pillow), pixels, dtype=int)).mean() < 8


def test_what_jpegli_refuses_is_written_by_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise encoders.ajpegli.EncodeError("no")

    monkeypatch.setattr(encoders.ajpegli, "encode", refuse)
    assert read(encode_jpeg(photo(), quality=85)).size == (96, 64)


def test_webp_ends_at_16383_pixels() -> None:
    line = Image.new("RGB", (16_384, 1))
    with pytest.raises(OutputImpossibleError, match="WebP ends at 16383 pixels a side; this image is 16384 × 1"):
        encode_webp(line, quality=85, method=4)
    assert read(encode_webp(line.crop((0, 0, 16_383, 1)), quality=85, method=4)).size == (16_383, 1)


def test_a_side_of_30000_becomes_a_jpeg_and_over_65500_does_not() -> None:
    assert read(encode_jpeg(Image.new("RGB", (30_000, 1)), quality=85)).size == (30_000, 1)
    with pytest.raises(OutputImpossibleError):
        encode_jpeg(Image.new("RGB", (65_501, 1)), quality=85)
