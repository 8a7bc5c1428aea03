from __future__ import annotations

import struct
import threading

import numpy as np
import pytest
from PIL import Image

from media_pipeline.errors import DamagedImageError, ImageError, ImageTooLargeError, UnsupportedFormatError
from media_pipeline.imaging.opening import open_picture
from tests.imaging.samples import (
    FORMATS,
    animation,
    corners,
    exif,
    photo,
    png,
    png_header,
    quarters,
    saved,
    tiff,
    with_exif,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # as imaging itself asks for

LIMIT = 100_000_000

# Where the corners of the upright picture are stored for each orientation.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"Dear customer, please find attached", id="text called .jpg"),
        pytest.param(b"BMW cars are listed below, with prices and colours", id="text that starts like a BMP"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', id="svg"),
        pytest.param(b'<?xml version="1.0"?><svg/>', id="svg with prologue"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", id="pdf"),
        pytest.param(b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(40), id="jpeg 2000"),
        pytest.param(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", id="mp4"),
        pytest.param(b"PK\x03\x04" + bytes(40), id="zip"),
        pytest.param(b"P6\n2 2\n255\n" + bytes(12), id="ppm"),
        pytest.param(b"\0", id="one byte"),
    ],
)
def test_anything_else_is_not_supported(data: bytes) -> None:
    with pytest.raises(UnsupportedFormatError, match="Not a supported image format"):
        open_picture(data, max_pixels=LIMIT)


def test_an_empty_file_is_said_to_be_empty() -> None:
    with pytest.raises(DamagedImageError, match="empty"):
        open_picture(b"", max_pixels=LIMIT)


def test_a_raw_file_is_not_taken_for_its_tiff_preview() -> None:
    dng = saved(photo(), "tiff", tiffinfo={254: 1})
    with pytest.raises(UnsupportedFormatError):
        open_picture(dng, max_pixels=LIMIT)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_opens_and_decodes(kind: str) -> None:
    picture = open_picture(saved(quarters(), kind), max_pixels=LIMIT)
    assert (picture.format, picture.width, picture.height) == (kind, 64, 48)
    assert (picture.orientation, picture.frames, picture.has_alpha) == (1, 1, False)
    pixels = picture.decode()
    assert (pixels.mode, pixels.size) == ("RGB", (64, 48))
    assert corners(pixels) == ("red", "green", "blue", "white")
    assert pixels.info == {}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_a_truncated_file_is_damaged(kind: str, share: float) -> None:
    data = saved(photo(200, 150), kind)
    with pytest.raises(DamagedImageError, match="damaged"):
        open_picture(data[: 33 + int(share * (len(data) - 40))], max_pixels=LIMIT).decode()


def test_the_name_and_the_declared_type_do_not_matter() -> None:
    assert open_picture(saved(photo(), "png"), max_pixels=LIMIT).format == "png"


def test_a_header_of_60000_x_60000_is_refused_undecoded() -> None:
    with pytest.raises(ImageTooLargeError, match="60000 × 60000 pixels; at most 100 megapixels"):
        open_picture(png_header(60_000, 60_000), max_pixels=LIMIT)


def test_a_webp_of_a_huge_canvas_is_refused_unallocated() -> None:
    body = b"VP8X" + struct.pack("<I", 10) + bytes([0x02, 0, 0, 0]) + b"\xff\xff\0" * 2
    data = b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
    with pytest.raises(ImageTooLargeError, match="65536 × 65536"):
        open_picture(data, max_pixels=LIMIT)


def test_a_tiff_with_huge_tiles_under_a_small_picture_is_refused() -> None:
    with pytest.raises(ImageTooLargeError):
        open_picture(
            tiff({256: 10, 257: 10, 258: 8, 259: 8, 262: 1, 322: 60_000, 323: 60_000, 324: 8, 325: 9}), max_pixels=LIMIT
        )


def test_the_limit_is_inclusive_and_the_callers() -> None:
    data = saved(photo(100, 50))
    assert open_picture(data, max_pixels=5000).width == 100
    with pytest.raises(ImageTooLargeError):
        open_picture(data, max_pixels=4999)


def test_a_header_that_says_zero_pixels_is_damaged() -> None:
    with pytest.raises(DamagedImageError):
        open_picture(png_header(0, 10), max_pixels=LIMIT)


def test_a_header_that_lies_about_the_height_is_damaged() -> None:
    data = bytearray(saved(photo(64, 64), "jpeg"))
    start = data.index(b"\xff\xc0") + 5
    data[start : start + 2] = struct.pack(">H", 60_000)
    with pytest.raises(DamagedImageError, match="fewer bytes than any image of that size"):
        open_picture(bytes(data), max_pixels=LIMIT)


def test_a_jpeg_of_one_colour_is_small_but_sound() -> None:
    data = saved(Image.new("RGB", (4000, 3000), (255, 255, 255)), "jpeg", quality=10, optimize=True)
    assert open_picture(data, max_pixels=LIMIT).decode().size == (4000, 3000)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff", "avif"])
def test_all_eight_orientations_come_out_upright(kind: str, orientation: int) -> None:
    stored = quarters(64, 48)
    if orientation in STORED:
        stored = stored.transpose(STORED[orientation])
    tags = Image.Exif()
    tags[0x0112] = orientation
    picture = open_picture(saved(stored, kind, exif=tags), max_pixels=LIMIT)
    assert (picture.width, picture.height, picture.orientation) == (64, 48, orientation)
    pixels = picture.decode()
    assert pixels.size == (64, 48)
    assert corners(pixels) == ("red", "green", "blue", "white")


def test_a_heic_is_turned_by_its_own_transformation_alone() -> None:
    tags = Image.Exif()
    tags[0x0112] = 6
    stored = quarters(64, 48).transpose(STORED[6])
    untransformed = open_picture(saved(stored, "heic", exif=tags), max_pixels=LIMIT)
    assert (untransformed.width, untransformed.height, untransformed.decode().size) == (48, 64, (48, 64))
    stored.info["exif"] = tags.tobytes()  # makes pillow_heif write an `irot` property
    turned = open_picture(saved(stored, "heic"), max_pixels=LIMIT)
    assert (turned.width, turned.height) == (64, 48)
    assert corners(turned.decode()) == ("red", "green", "blue", "white")


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_invalid_orientation_counts_as_upright(orientation: int) -> None:
    picture = open_picture(with_exif(saved(quarters()), exif({0x0112: orientation})), max_pixels=LIMIT)
    assert picture.orientation == 1
    assert picture.decode().size == (64, 48)


@pytest.mark.parametrize(("kind", "frames"), [("gif", 4), ("webp", 4), ("png", 4), ("avif", 4)])
def test_an_animation_counts_its_frames_and_decodes_to_the_first(kind: str, frames: int) -> None:
    picture = open_picture(animation(kind, frames), max_pixels=LIMIT)
    assert picture.frames == frames
    assert corners(picture.decode())[3] == "red"


def test_the_first_page_of_a_tiff_is_the_image() -> None:
    data = saved(quarters(), "tiff", save_all=True, append_images=[photo(20, 20)])
    picture = open_picture(data, max_pixels=LIMIT)
    assert (picture.width, picture.height, picture.frames) == (64, 48, 1)
    assert corners(picture.decode()) == ("red", "green", "blue", "white")


def test_the_first_image_of_an_mpo_is_the_image() -> None:
    data = saved(quarters(), "mpo", save_all=True, append_images=[photo(64, 48)])
    picture = open_picture(data, max_pixels=LIMIT)
    assert (picture.format, picture.frames) == ("jpeg", 1)
    assert corners(picture.decode()) == ("red", "green", "blue", "white")


@pytest.mark.parametrize(("width", "height"), [(1, 1), (30_000, 1), (1, 30_000)])
def test_extreme_shapes_decode(width: int, height: int) -> None:
    picture = open_picture(saved(Image.new("RGB", (width, height), (9, 99, 199)), "png"), max_pixels=LIMIT)
    pixels = picture.decode()
    assert pixels.size == (width, height)
    assert pixels.getpixel((0, 0)) == (9, 99, 199)


def test_a_file_is_what_it_starts_as() -> None:
    """Whatever else is behind it."""
    data = saved(quarters(), "png") + b"PK\x03\x04<script>alert(1)</script>"
    assert corners(open_picture(data, max_pixels=LIMIT).decode()) == ("red", "green", "blue", "white")


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = saved(photo(), "jpeg", progressive=True)
    scan = data.rindex(b"\xff\xda")
    bomb = data[:-2] + data[scan:-2] * 200 + data[-2:]
    with pytest.raises(DamagedImageError, match="scans"):
        open_picture(bomb, max_pixels=LIMIT)


def test_many_scan_markers_outside_of_the_image_are_harmless() -> None:
    data = saved(photo()) + b"\xff\xda\x00\x08" * 500
    assert open_picture(data, max_pixels=LIMIT).decode().size == (96, 64)


def test_a_mirrored_decode_in_many_threads_gives_the_same_pixels() -> None:
    picture = open_picture(with_exif(saved(photo(400, 300)), exif({0x0112: 2})), max_pixels=LIMIT)
    expected = np.asarray(picture.decode())
    wrong: list[object] = []

    def decode() -> None:
        if not np.array_equal(np.asarray(picture.decode()), expected):
            wrong.append(threading.get_ident())

    threads = [threading.Thread(target=decode) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("kind", ["jpeg", "png"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_decode_for_thumbnails_is_large_enough_and_upright(kind: str, orientation: int) -> None:
    tags = Image.Exif()
    tags[0x0112] = orientation
    stored = quarters(1600, 1200)
    data = saved(stored.transpose(STORED[6]) if orientation == 6 else stored, kind, exif=tags)
    pixels = open_picture(data, max_pixels=LIMIT).decode(at_least=300)
    assert pixels.size == ((400, 300) if kind == "jpeg" else (1600, 1200))
    assert corners(pixels) == ("red", "green", "blue", "white")


def test_a_16_bit_png_keeps_its_brightness() -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(1, 256).repeat(4, axis=0)
    for samples, colour in ((ramp, 0), (np.stack([ramp] * 3, axis=-1), 2)):
        pixels = np.asarray(open_picture(png(samples, colour=colour, depth=16), max_pixels=LIMIT).decode(), dtype=int)
        assert np.abs(pixels[0, :, 0] - np.arange(256)).max() <= 1


def test_messages_are_fit_for_people() -> None:
    for data in (b"", b"hello", png_header(60_000, 60_000), saved(photo())[:200]):
        with pytest.raises(ImageError) as caught:
            open_picture(data, max_pixels=LIMIT).decode()
        assert str(caught.value).endswith(".")
        assert "Error" not in str(caught.value)
