from __future__ import annotations

import pytest

from media_pipeline.imaging.header_checks import fits_in, gif_frames, webp_canvas
from tests.imaging.samples import animation, photo, saved


@pytest.mark.parametrize("data", [b"", b"RIFF", b"RIFF\0\0\0\0WEBPVP8X", b"RIFF\0\0\0\0WEBPJUNK" + bytes(20)])
def test_nonsense_has_no_canvas(data: bytes) -> None:
    assert webp_canvas(data) is None


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 50}, {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"}])
def test_the_canvas_of_each_kind_of_webp_is_read(options: dict[str, object]) -> None:
    assert webp_canvas(saved(photo(301, 77), "webp", **options)) == (301, 77)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"GIF89a" + b"\xff" * 40])
def test_nonsense_has_no_frames(data: bytes) -> None:
    assert gif_frames(data, limit=10) == 0


@pytest.mark.parametrize("frames", [1, 2, 30])
def test_frames_of_a_gif_are_counted_without_decoding(frames: int) -> None:
    assert gif_frames(animation("gif", frames), limit=100) == frames


def test_counting_ends_at_its_limit() -> None:
    assert gif_frames(animation("gif", 30), limit=7) == 7


def test_the_smallest_baseline_jpeg_has_two_bits_a_block() -> None:
    assert fits_in((800, 800), 2500)
    assert not fits_in((800, 800), 2499)


def test_frames_end_where_one_would_enlarge_the_canvas() -> None:
    data = bytearray(animation("gif", 3))
    second = data.index(b",", data.index(b",") + 40)
    while data[second - 1] or data[second + 1 : second + 5] != bytes(4):
        second = data.index(b",", second + 1)
    data[second + 5 : second + 9] = b"\xff\xff\xff\xff"
    assert gif_frames(bytes(data), limit=100) == 1
