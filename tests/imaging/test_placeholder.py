from __future__ import annotations

import base64

import pytest
from PIL import Image

from media_pipeline.imaging.placeholder import dominant_colour, placeholder, thumbhash
from tests.imaging.samples import photo, quarters
from tests.imaging.thumbhash import decoded

# What two independent implementations (in Rust and in Python) make of the same pictures.
HASHES = {
    (64, 48): "YhcKNY7+aHd7eHh1d7d3d8COTQV4",
    (48, 64): "YgcORQy/dnqIh3doiIp4eMWGD08I",
    (100, 100): "4gcKLwT4rFh7d4h6eIiIeHd1jEBolIAI",
    (30, 90): "ZccNIghvioiIeIWojoDMigg=",
    (100, 3): "5ykKKYL4rFiHd3eHCHgH6ng=",
}


@pytest.mark.parametrize("size", HASHES)
def test_the_hash_is_the_one_of_independent_implementations(size: tuple[int, int]) -> None:
    assert base64.b64encode(thumbhash(photo(*size).convert("RGBA"))).decode() == HASHES[size]


def test_a_transparent_picture_decodes_to_what_it_shows() -> None:
    picture = photo(60, 40).convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    shown = decoded(thumbhash(picture))
    assert shown[0, :, 3].mean() < 0.16
    assert shown[-1, :, 3].mean() > 0.84


def test_a_picture_of_any_size_gets_a_short_hash_and_a_colour() -> None:
    for size in ((1, 1), (600, 450), (3000, 20)):
        made = placeholder(photo(*size))
        assert 5 <= len(base64.b64decode(made.thumbhash)) <= 35
        assert made.colour.startswith("#")
        assert len(made.colour) == 7


def test_the_hash_shows_where_the_colours_are() -> None:
    shown = decoded(base64.b64decode(placeholder(quarters(400, 300)).thumbhash))[..., :3]
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
