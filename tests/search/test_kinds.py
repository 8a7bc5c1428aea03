from __future__ import annotations

import pytest

from media_pipeline.search import kinds
from tests.search.stored_images import image


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(4000, 3000, "landscape"), (3000, 4000, "portrait"), (2000, 2000, "square"), (2000, 1990, "square")],
)
def test_the_orientation_is_that_of_the_upright_image(width: int, height: int, expected: str) -> None:
    assert kinds.orientation(image(width=width, height=height)) == expected


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(999, 1000, "small"), (1000, 1000, "medium"), (4000, 3000, "large"), (8000, 4000, "huge")],
)
def test_the_size_is_one_of_four_classes(width: int, height: int, expected: str) -> None:
    assert kinds.size(image(width=width, height=height)) == expected


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("#000000", "black"),
        ("#ffffff", "white"),
        ("#808080", "grey"),
        ("#ff0000", "red"),
        ("#ff0010", "red"),
        ("#ff9900", "orange"),
        ("#ffee00", "yellow"),
        ("#22aa33", "green"),
        ("#00b5b5", "teal"),
        ("#2040e0", "blue"),
        ("#8030d0", "purple"),
        ("#ff55bb", "pink"),
        ("#8a6a4a", "brown"),
    ],
)
def test_colours_have_the_names_that_people_give_them(code: str, name: str) -> None:
    assert kinds.colour(code) == name


def test_an_image_that_was_not_opened_is_in_no_class() -> None:
    unopened = image(width=None, height=None, format=None)
    assert (kinds.orientation(unopened), kinds.size(unopened), kinds.rare(unopened)) == (None, None, set())


def test_what_most_images_are_is_no_term_and_what_few_are_is_one() -> None:
    assert kinds.rare(image(colour="#808080")) == set()
    rare = image(format="gif", width=500, height=500, colour="#ff0000")
    assert kinds.rare(rare) == {"format:gif", "orientation:square", "size:small", "colour:red"}


def test_a_common_class_among_others_leaves_no_list_to_read() -> None:
    assert kinds.terms("format", ["gif", "png"]) == ("format:gif", "format:png")
    assert kinds.terms("format", ["gif", "jpeg"]) == ()
