from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from media_pipeline.errors import ImageError, InvalidRequestError
from media_pipeline.imaging.watermark import Position, Watermark, apply_watermark, corner, tiling
from tests.imaging.samples import photo, saved

NINE = [position for position in get_args(Position) if position != "tiled"]


def logo(colour: tuple[int, int, int]) -> bytes:
    mark = Image.new("RGBA", (120, 60), (*colour, 0))
    mark.paste((*colour, 255), (20, 15, 100, 45))
    return saved(mark, "png")


def changed(before: Image.Image, after: Image.Image) -> np.ndarray[Any, Any]:
    return np.abs(np.asarray(before, dtype=int) - np.asarray(after, dtype=int)).max(axis=-1) > 8


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"text": "  "},
        {"text": "a", "image": b"b"},
        {"text": "x" * 201},
        {"text": "a", "opacity": 1.5},
        {"text": "a", "scale": 0.0},
        {"text": "a", "margin": -0.1},
    ],
)
def test_a_senseless_mark_is_refused_when_it_is_written_down(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError):
        Watermark(**wrong)


def test_letters_that_the_typeface_lacks_are_refused() -> None:
    """Rather than drawn as boxes."""
    with pytest.raises(InvalidRequestError, match="has no ü 山"):
        apply_watermark(photo(), Watermark(text="Müller 山"))


def test_a_font_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="font"):
        apply_watermark(photo(), Watermark(text="a", font=b"not a font"))


def test_a_logo_that_is_no_image_is_refused() -> None:
    with pytest.raises(ImageError):
        apply_watermark(photo(), Watermark(image=b"<svg/>"))


def test_the_picture_given_is_left_as_it_was() -> None:
    picture = photo(300, 200)
    before = picture.tobytes()
    assert apply_watermark(picture, Watermark(text="mine")).tobytes() != before
    assert picture.tobytes() == before


def test_no_opacity_is_no_mark() -> None:
    picture = photo(300, 200)
    assert apply_watermark(picture, Watermark(text="mine", opacity=0.0)).tobytes() == picture.tobytes()


@pytest.mark.parametrize("position", NINE)
def test_each_of_nine_positions_marks_its_own_part_only(position: Position) -> None:
    picture = Image.new("RGB", (900, 600), (128, 128, 128))
    where = np.argwhere(changed(picture, apply_watermark(picture, Watermark(text="mine", position=position))))
    rows, columns = where[:, 0], where[:, 1]
    down = {"top": 0, "bottom": 2}.get(position.split("-")[0], 1)
    across = {"left": 0, "right": 2}.get(position.split("-")[-1], 1)
    assert rows.min() // 200 == rows.max() // 200 == down
    assert columns.min() // 300 == columns.max() // 300 == across


@pytest.mark.parametrize("size", [(900, 600), (600, 900), (3000, 400)])
def test_the_mark_has_the_width_and_margin_asked_for(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, (128, 128, 128))
    marked = apply_watermark(picture, Watermark(text="a mark", scale=0.3, margin=0.05, opacity=1.0))
    columns = np.argwhere(changed(picture, marked))[:, 1]
    assert 0.22 * size[0] < columns.max() - columns.min() <= 0.3 * size[0]
    assert size[0] - 1 - columns.max() >= round(0.05 * min(size))


@pytest.mark.parametrize("tone", [0, 60, 128, 200, 255])
@pytest.mark.parametrize(
    "mark",
    [{"text": "legible"}, {"image": logo((0, 0, 0))}, {"image": logo((255, 255, 255))}],
    ids=["text", "dark logo", "light logo"],
)
def test_a_mark_is_legible_on_every_tone(mark: dict[str, Any], tone: int) -> None:
    picture = Image.new("RGB", (600, 400), (tone, tone, tone))
    marked = np.asarray(apply_watermark(picture, Watermark(**mark, scale=0.5)), dtype=int)
    assert marked.max() - marked.min() > 70


def test_a_tiled_mark_reaches_every_part_of_the_picture() -> None:
    picture = Image.new("RGB", (900, 600), (128, 128, 128))
    marks = changed(picture, apply_watermark(picture, Watermark(text="sample", position="tiled", scale=0.15)))
    assert all(part.any() for row in np.array_split(marks, 4) for part in np.array_split(row, 4, axis=1))


def test_a_mark_shows_on_transparency_too() -> None:
    picture = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    for position in ("bottom-right", "tiled"):
        marked = apply_watermark(picture, Watermark(text="mine", position=position))
        assert marked.mode == "RGBA"
        assert marked.getchannel("A").getextrema()[1] > 100  # type: ignore[operator]


@pytest.mark.parametrize("size", [(1, 1), (5000, 1), (1, 3000), (16, 16)])
def test_pictures_of_any_shape_can_be_marked(size: tuple[int, int]) -> None:
    for position in ("tiled", "bottom-right"):
        marked = apply_watermark(Image.new("RGB", size), Watermark(text="mine", position=position))
        assert marked.size == size


sides = st.tuples(st.integers(1, 3000), st.integers(1, 3000))


@given(sides, sides, st.sampled_from(NINE), st.floats(0, 0.4))
def test_a_mark_that_fits_is_inside_the_picture(
    size: tuple[int, int], mark: tuple[int, int], position: Position, margin: float
) -> None:
    for at, side, length in zip(corner(size, mark, position, margin), mark, size, strict=True):
        assert at >= 0 or side > length
        assert at + side <= length or side > length


@given(sides, st.tuples(st.integers(10, 500), st.integers(10, 500)))
def test_tiles_cover_the_picture_without_piling_up(size: tuple[int, int], mark: tuple[int, int]) -> None:
    places = tiling(size, mark)
    assert len(places) == len(set(places))
    assert min(x for x, _ in places) <= 0
    assert len(places) <= (size[0] / mark[0] + 2) * (size[1] / mark[1] + 1)
