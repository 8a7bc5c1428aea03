from __future__ import annotations

import colorsys
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from media_pipeline.imaging.opening import open_picture
from tests.imaging.profiles import ADOBE_RGB, DISPLAY_P3, SRGB, Space, cmyk_profile, expected_srgb, rgb_profile
from tests.imaging.samples import photo, png, saved

LIMIT = 1_000_000


def decoded(data: bytes) -> Image.Image:
    return open_picture(data, max_pixels=LIMIT).decode()


def patches() -> np.ndarray:
    """A saturated, a bright and a dull patch of each of 24 hues, 4 x 4 pixels each."""
    rows = [[colorsys.hsv_to_rgb(hue / 24, s, v) for hue in range(24)] for s, v in ((1, 1), (0.6, 1), (0.7, 0.5))]
    return np.rint(np.array(rows) * 255).astype(np.uint8).repeat(4, axis=0).repeat(4, axis=1)


@pytest.mark.parametrize("space", [DISPLAY_P3, ADOBE_RGB], ids=["Display P3", "Adobe RGB"])
@pytest.mark.parametrize("kind", ["png", "tiff", "webp", "avif", "jpeg", "heic"])
def test_a_wide_profile_ends_as_srgb_in_every_hue(space: Space, kind: str) -> None:
    data = saved(Image.fromarray(patches()), kind, icc_profile=rgb_profile(space), quality=95)
    with Image.open(BytesIO(data)) as file:
        stored = np.asarray(file.convert("RGB"))
    error = np.abs(np.asarray(decoded(data), dtype=float) - expected_srgb(space, stored))
    assert error.max() <= 3
    assert error.mean() <= 0.6


def test_the_difference_between_profiles_is_visible() -> None:
    for space in (DISPLAY_P3, ADOBE_RGB):
        assert np.abs(expected_srgb(space, patches()) - patches()).max() > 25


@pytest.mark.parametrize(
    "profile", [rgb_profile(SRGB), ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()]
)
def test_an_srgb_profile_of_any_make_changes_nothing(profile: bytes) -> None:
    assert np.array_equal(np.asarray(decoded(saved(photo(), "png", icc_profile=profile))), np.asarray(photo()))


@pytest.mark.parametrize("profile", [b"garbage", bytes(200), rgb_profile(DISPLAY_P3)[:300], b"\xff" * 500_000])
def test_a_profile_that_makes_no_sense_is_ignored(profile: bytes) -> None:
    assert np.array_equal(np.asarray(decoded(saved(photo(), "png", icc_profile=profile))), np.asarray(photo()))


def test_a_profile_of_another_colour_space_is_ignored() -> None:
    grey = photo().convert("L")
    pixels = decoded(saved(grey, "png", icc_profile=rgb_profile(DISPLAY_P3)))
    assert np.array_equal(np.asarray(pixels)[..., 1], np.asarray(grey))


def test_transparency_survives_a_profile() -> None:
    picture = Image.fromarray(patches()).convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    pixels = decoded(saved(picture, "png", icc_profile=rgb_profile(ADOBE_RGB)))
    assert np.array_equal(np.asarray(pixels)[..., 3], np.asarray(picture)[..., 3])
    assert np.abs(np.asarray(pixels)[..., :3] - expected_srgb(ADOBE_RGB, patches())).max() <= 3


def test_cmyk_follows_its_profile() -> None:
    def lab(c: int, m: int, y: int, k: int) -> tuple[int, int, int]:  # an odd press: cyan ink prints green
        return (128, 60, 180) if (c, m, y, k) == (1, 0, 0, 0) else (255 * (1 - k), 128, 128)

    cyan = Image.new("CMYK", (32, 32), (255, 0, 0, 0))
    for kind in ("jpeg", "tiff"):
        red, green, blue = decoded(saved(cyan, kind, icc_profile=cmyk_profile(lab))).getpixel((16, 16))  # type: ignore[misc]
        assert green > 120
        assert green > red + 60
        assert green > blue + 60


def test_cmyk_without_a_profile_has_the_right_hues() -> None:
    for ink, expected in (
        ((255, 0, 0, 0), (0, 255, 255)),
        ((0, 255, 255, 0), (255, 0, 0)),
        ((0, 0, 0, 255), (0, 0, 0)),
    ):
        pixel = decoded(saved(Image.new("CMYK", (32, 32), ink), "jpeg")).getpixel((16, 16))
        assert np.abs(np.subtract(pixel, expected)).max() <= 8


def test_a_palette_with_alpha_keeps_it() -> None:
    palette = Image.new("P", (8, 8))
    palette.putpalette([200, 10, 10, 10, 200, 10])
    palette.paste(1, (4, 0, 8, 8))
    pixels = decoded(saved(palette, "png", transparency=bytes([255, 90])))
    assert pixels.mode == "RGBA"
    assert pixels.getpixel((0, 0)) == (200, 10, 10, 255)
    assert pixels.getpixel((6, 6)) == (10, 200, 10, 90)


@pytest.mark.parametrize(("depth", "scale"), [(8, 1), (16, 257)])
@pytest.mark.parametrize("colour", [0, 2], ids=["grey", "RGB"])
def test_a_transparent_colour_is_honoured_at_every_depth(depth: int, scale: int, colour: int) -> None:
    channels = 3 if colour == 2 else 1
    samples = np.full((4, 4, channels), 200 * scale, dtype=np.uint16)
    samples[:2] = 50 * scale
    trns = np.full(channels, 50 * scale, dtype=">u2").tobytes()
    data = png(samples, colour=colour, depth=depth, extra=[(b"tRNS", trns)])
    assert open_picture(data, max_pixels=LIMIT).has_alpha
    pixels = decoded(data)
    assert pixels.getpixel((0, 0)) == (50, 50, 50, 0)
    assert pixels.getpixel((0, 3)) == (200, 200, 200, 255)


def test_an_alpha_channel_that_hides_nothing_is_dropped() -> None:
    picture = photo().convert("RGBA")
    assert decoded(saved(picture, "png")).mode == "RGB"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA", "CMYK", "YCbCr", "LAB", "F", "I"])
def test_every_mode_of_a_tiff_becomes_rgb(mode: str) -> None:
    grey = np.tile(np.linspace(10, 240, 64), (48, 1)).astype(np.uint8)
    if mode == "LAB":
        lab = ImageCms.createProfile("LAB")
        picture = ImageCms.profileToProfile(
            Image.fromarray(grey).convert("RGB"), ImageCms.createProfile("sRGB"), lab, outputMode="LAB"
        )
        assert picture is not None
    elif mode == "F":
        picture = Image.fromarray((grey / 255).astype(np.float32))
    elif mode in ("I", "I;16"):
        picture = Image.fromarray(grey.astype(np.int32 if mode == "I" else np.uint16) * 257)
    else:
        picture = Image.fromarray(grey).convert(mode)
    pixels = decoded(saved(picture, "tiff"))
    assert pixels.mode == "RGB"
    middle = np.asarray(pixels, dtype=float).mean()
    assert abs(middle - grey.mean()) < 6


def test_floats_of_any_range_become_a_picture() -> None:
    """Also with nonsense among them."""
    samples = np.array([[np.nan, -1000.0, 0.0, 1000.0]], dtype=np.float32).repeat(4, axis=0)
    pixels = np.asarray(decoded(saved(Image.fromarray(samples), "tiff")))
    assert pixels[0, 1, 0] == 0
    assert pixels[0, 3, 0] == 255
