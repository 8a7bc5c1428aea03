from __future__ import annotations

import numpy as np
from PIL import Image

from media_pipeline.imaging.thumbnails import thumbnails
from tests.imaging.samples import photo


def test_a_picture_smaller_than_every_box_is_not_enlarged() -> None:
    made = thumbnails(photo(100, 40), (150, 300))
    assert {size: thumbnail.size for size, thumbnail in made.items()} == {150: (100, 40), 300: (100, 40)}


def test_each_size_keeps_the_aspect_of_the_full_picture() -> None:
    made = thumbnails(photo(1201, 800), (150, 300, 600))
    assert {size: thumbnail.size for size, thumbnail in made.items()} == {
        150: (150, 100),
        300: (300, 200),
        600: (600, 400),
    }


def test_the_cascade_looks_like_scaling_from_the_full_picture() -> None:
    full = photo(1600, 1200)
    made = thumbnails(full, (600, 150))
    direct = full.resize((150, 113), Image.Resampling.LANCZOS)
    assert np.abs(np.asarray(made[150], dtype=int) - np.asarray(direct, dtype=int)).mean() < 1.0


def test_transparent_pixels_do_not_bleed_their_colour() -> None:
    picture = Image.new("RGBA", (400, 400), (255, 0, 255, 0))
    picture.paste((0, 200, 0, 255), (0, 0, 200, 400))
    small = thumbnails(picture, (100,))[100]
    red, green, _, alpha = np.asarray(small)[50, 49]
    assert alpha > 200
    assert red < 10
    assert green > 190


def test_a_line_of_30000_pixels_stays_a_pixel_high() -> None:
    assert thumbnails(Image.new("RGB", (30_000, 1)), (600,))[600].size == (600, 1)
