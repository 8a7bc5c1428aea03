"""Bytes that somebody made, or a disk broke: bounded time and memory, and nothing but an ImageError."""

from __future__ import annotations

import contextlib
import resource
import struct
import time
import zlib
from collections.abc import Iterator
from functools import cache
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from media_pipeline.errors import DamagedImageError, ImageError, ImageTooLargeError
from media_pipeline.imaging.animation import animated_webp
from media_pipeline.imaging.metadata import read_metadata
from media_pipeline.imaging.opening import open_picture
from media_pipeline.imaging.stripping import strip_metadata
from tests.imaging.profiles import DISPLAY_P3, rgb_profile
from tests.imaging.samples import FORMATS, animation, photo, png_chunks, saved, tiff

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

LIMIT = 2_000_000


@cache
def valid(kind: str) -> bytes:
    """A file with as many features of its format as one file can have."""
    tags = Image.Exif()
    tags[0x010F], tags[0x0112], tags[0x0132] = "A camera", 6, "2024:05:06 07:08:09"
    tags.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    tags.get_ifd(0x8825).update({1: "S", 2: (33.0, 51.0, 24.8), 3: "E", 4: (151.0, 12.0, 33.6)})
    match kind:
        case "gif" | "apng" | "awebp" | "avifs":
            return animation({"apng": "png", "awebp": "webp", "avifs": "avif"}.get(kind, kind), 3)
        case "pjpeg":
            return saved(photo(48, 40), "jpeg", progressive=True, exif=tags)
        case "cmyk":
            return saved(photo(48, 40).convert("CMYK"), "jpeg")
        case "bmp":
            return saved(photo(48, 40), "bmp")
        case "lzw":
            return saved(photo(48, 40), "tiff", compression="tiff_lzw", exif=tags)
        case _:
            return saved(photo(48, 40), kind, exif=tags, icc_profile=rgb_profile(DISPLAY_P3))


KINDS = (*FORMATS, "apng", "awebp", "avifs", "pjpeg", "cmyk", "lzw")


def use(data: bytes) -> None:
    """All that the pipeline does with bytes from outside."""
    read_metadata(data)
    picture = open_picture(data, max_pixels=LIMIT)
    with contextlib.suppress(ImageError):
        strip_metadata(picture)
        if picture.frames > 1:
            animated_webp(picture, long_side=64, max_frames=4)
    pixels = picture.decode()
    assert pixels.mode in ("RGB", "RGBA")
    assert pixels.size == (picture.width, picture.height)


positions = st.integers(0, 10**6)
changes = st.lists(st.tuples(positions, st.one_of(st.integers(0, 255), st.sampled_from([0, 1, 127, 128, 255]))))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=changes, cut=st.none() | positions, doubled=st.none() | positions)
def test_mutated_files_raise_nothing_but_image_errors(
    kind: str, changes: list[tuple[int, int]], cut: int | None, doubled: int | None
) -> None:
    data = bytearray(valid(kind))
    for position, value in changes:
        # Headers decide most of what happens, so half of the changes go there.
        data[position % (len(data) if position % 2 else min(len(data), 200))] = value
    if doubled is not None:
        at = doubled % len(data)
        data[at:at] = data[at : at + 64]
    if cut is not None:
        del data[cut % len(data) :]
    with contextlib.suppress(ImageError):
        use(bytes(data))


@given(st.sampled_from(KINDS), st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_noise_after_a_signature_raises_only_image_errors(kind: str, noise: bytes) -> None:
    with contextlib.suppress(ImageError):
        use(valid(kind)[:16] + noise)


@contextlib.contextmanager
def bounded(*, seconds: float, megabytes: int) -> Iterator[None]:
    """What happens inside takes no more CPU time and no more memory than that."""
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.process_time() - started < seconds
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < megabytes


def png_bomb() -> bytes:
    """A gigapixel of zeros in a megabyte."""
    header = struct.pack(">IIBBBBB", 32_000, 32_000, 1, 0, 0, 0, 0)
    return png_chunks((b"IHDR", header), (b"IDAT", zlib.compress(bytes(4001 * 32_000), 9)), (b"IEND", b""))


def gif_bomb() -> bytes:
    """A logical screen of 10 x 10 and a frame of 65535 x 65535 on it."""
    screen = b"GIF89a" + struct.pack("<HHBBB", 10, 10, 0x80, 0, 0) + bytes(6)
    return screen + b"," + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\x02\x02\x4c\x01\x00;"


def tiff_bomb(**sizes: int) -> bytes:
    return tiff(
        {
            256: sizes["width"],
            257: sizes["height"],
            258: 8,
            259: 8,
            262: 1,
            273: 130,
            277: 1,
            278: sizes["rows"],
            279: 40,
        },
        zlib.compress(bytes(20_000)),
    )


def heic_bomb() -> bytes:
    """A small HEIC whose `ispe` property claims 60000 x 60000."""
    data = valid("heic")
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", 60_000, 60_000) + data[at + 8 :]


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(png_bomb, id="png"),
        pytest.param(gif_bomb, id="gif frame"),
        pytest.param(lambda: tiff_bomb(width=60_000, height=60_000, rows=60_000), id="tiff"),
        pytest.param(heic_bomb, id="heic"),
    ],
)
def test_bombs_are_refused_from_their_headers(bomb: object) -> None:
    data = bomb()  # type: ignore[operator]
    with bounded(seconds=0.5, megabytes=60), pytest.raises((ImageTooLargeError, DamagedImageError)):
        open_picture(data, max_pixels=LIMIT).decode()


def test_countless_frames_are_counted_up_to_a_limit() -> None:
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x4c\x01\x00"
    data = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6) + frame * 500_000 + b";"
    with bounded(seconds=1, megabytes=100):
        assert open_picture(data, max_pixels=LIMIT).frames == 10_000


def test_an_animation_too_long_to_decode_ends_early() -> None:
    data = animation("gif", 400, (20, 20))
    with bounded(seconds=5, megabytes=200):
        made = animated_webp(open_picture(data, max_pixels=LIMIT), max_frames=20)
    with Image.open(BytesIO(made)) as image:
        assert getattr(image, "n_frames", 1) == 20


@pytest.mark.parametrize("size", [0, 3, 127, 5_000, 3_000_000])
def test_a_garbage_profile_of_any_size_is_survived(size: int) -> None:
    profile = rgb_profile(DISPLAY_P3)[:100] + b"\xff" * size
    data = saved(photo(48, 40), "jpeg", icc_profile=profile)
    with bounded(seconds=1, megabytes=100):
        assert open_picture(data, max_pixels=LIMIT).decode().size == (48, 40)


def test_a_strip_that_is_longer_than_the_picture_is_no_problem() -> None:
    data = tiff_bomb(width=100, height=100, rows=4_000_000)
    with bounded(seconds=1, megabytes=100), contextlib.suppress(ImageError):
        open_picture(data, max_pixels=LIMIT).decode()
