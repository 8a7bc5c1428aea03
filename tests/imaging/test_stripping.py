from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from media_pipeline.imaging.opening import Picture, open_picture
from media_pipeline.imaging.stripping import strip_metadata
from tests.imaging.profiles import DISPLAY_P3, SRGB, rgb_profile
from tests.imaging.samples import animation, exif, photo, saved, with_exif

LIMIT = 10**7


def opened(data: bytes) -> Picture:
    return open_picture(data, max_pixels=LIMIT)


def rich(kind: str, picture: Image.Image, **options: Any) -> bytes:
    """A file with everything in it that a rendition must not carry."""
    tags = Image.Exif()
    tags[0x010F] = "SECRET CAMERA"
    options |= {"exif": tags, "xmp": b"<x:xmpmeta>SECRET</x:xmpmeta>", "icc_profile": rgb_profile(SRGB)}
    if kind == "png":
        del options["xmp"]
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Author", "SECRET")
    if kind == "jpeg":
        options["comment"] = b"SECRET"
    return saved(picture, kind, **options)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(with_exif(saved(photo()), exif({0x0112: 6})), id="turned"),
        pytest.param(saved(photo(), icc_profile=rgb_profile(DISPLAY_P3)), id="wide"),
        pytest.param(saved(photo().convert("CMYK")), id="inks"),
        pytest.param(saved(photo(), "tiff"), id="another format"),
        pytest.param(animation("webp"), id="animated"),
        pytest.param(animation("png"), id="animated png"),
    ],
)
def test_metadata_that_changes_the_look_is_not_stripped(data: bytes) -> None:
    assert strip_metadata(opened(data)) is None


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P"])
def test_the_pixels_stay_to_the_bit_and_nothing_else_does(kind: str, mode: str) -> None:
    picture = photo(80, 60).convert(mode)
    if mode == "RGBA":
        picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    if kind == "jpeg" and mode in ("RGBA", "P"):
        picture = picture.convert("RGB")
    if picture.mode in ("L", "P"):
        original = opened(saved(picture, kind))
    else:
        original = opened(rich(kind, picture))
        assert b"SECRET" in original.data
    stripped = strip_metadata(original)
    assert stripped is not None
    assert b"SECRET" not in stripped
    assert len(stripped) <= len(original.data)
    assert np.array_equal(np.asarray(opened(stripped).decode()), np.asarray(original.decode()))


@pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0}, {"restart_marker_blocks": 2}])
def test_every_kind_of_jpeg_survives(options: dict[str, Any]) -> None:
    original = opened(rich("jpeg", photo(80, 60), **options))
    stripped = strip_metadata(original)
    assert stripped is not None
    assert np.array_equal(np.asarray(opened(stripped).decode()), np.asarray(original.decode()))


def test_what_follows_a_jpeg_goes() -> None:
    stripped = strip_metadata(opened(saved(photo()) + b"SECRET motion photo\xff\xd9"))
    assert stripped is not None
    assert b"SECRET" not in stripped


def test_a_truncated_file_is_not_stripped() -> None:
    assert strip_metadata(opened(saved(photo(400, 300))[:2000])) is None
