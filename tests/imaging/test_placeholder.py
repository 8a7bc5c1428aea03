from __future__ import annotations

import base64

import fast_thumbhash
import numpy as np
import pytest
from PIL import Image

from media_pipeline.imaging.placeholder import dominant_colour, placeholder, thumbhash
from tests.imaging.pictures import photo, quarters


@pytest.mark.parametrize("size", [(64, 48), (48, 64), (100, 100), (30, 90), (100, 3)])
def test_the_hash_is_the_one_of_an_independent_implementation(size: tuple[int, int]) -> None:
    picture = photo(*size).convert("RGBA")
    assert thumbhash(picture) == bytes(fast_thumbhash.rgba_to_thumb_hash(*size, picture.tobytes()))


def test_a_transparent_picture_decodes_to_what_it_shows() -> None:
    picture = photo(60, 40).convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    width, height, samples = fast_thumbhash.thumb_hash_to_rgba(thumbhash(picture))
    shown = np.frombuffer(bytes(samples), dtype=np.uint8).reshape(height, width, 4)
    assert shown[0, :, 3].mean() < 40
    assert shown[-1, :, 3].mean() > 215


def test_a_picture_of_any_size_gets_a_short_hash_and_a_colour() -> None:
    for size in ((1, 1), (600, 450), (3000, 20)):
        made = placeholder(photo(*size))
        assert 5 <= len(base64.b64decode(made.thumbhash)) <= 35
        assert made.colour.startswith("#")
        assert len(made.colour) == 7


def test_the_hash_shows_where_the_colours_are() -> None:
    width, height, samples = fast_thumbhash.thumb_hash_to_rgba(
        base64.b64decode(placeholder(quarters(400, 300)).thumbhash)
    )
    shown = np.frombuffer(bytes(samples), dtype=np.uint8).reshape(height, width, 4)[..., :3].astype(int)
    assert shown[2, 2].argmax() == 0
    assert shown[2, -3].argmax() == 1
    assert shown[-3, 2].argmax() == 2


def test_the_dominant_colour_is_that_of_the_largest_area() -> None:
    picture = Image.new("RGB", (64, 64), (16, 120, 200))
    picture.paste((250, 240, 10), (0, 0, 20, 64))
    assert dominant_colour(picture) == "#1078c8"


def test_what_is_transparent_counts_as_white() -> None:
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    picture.paste((200, 0, 0, 255), (0, 0, 20, 20))
    assert dominant_colour(picture) == "#ffffff"
