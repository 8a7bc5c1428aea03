from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_pipeline.boxes import Box
from media_pipeline.imaging.fitting import Fit, Placement, place, placed
from tests.imaging.samples import corners, quarters

sides = st.tuples(st.integers(1, 9000), st.integers(1, 9000))
shares = st.floats(0, 0.5)
faces = st.lists(st.builds(Box, shares, shares, shares, shares), max_size=4)


def test_inside_keeps_the_whole_picture() -> None:
    assert place((4000, 3000), (800, 800), "inside") == Placement((0, 0, 4000, 3000), (800, 600))


def test_cover_keeps_the_middle() -> None:
    assert place((4000, 3000), (600, 600), "cover") == Placement((500, 0, 3500, 3000), (600, 600))
    assert place((3000, 4000), (600, 600), "cover") == Placement((0, 500, 3000, 3500), (600, 600))


def test_face_without_faces_is_cover() -> None:
    assert place((4000, 3000), (600, 600), "face") == place((4000, 3000), (600, 600), "cover")


def test_face_follows_the_face_to_the_edge_and_not_beyond() -> None:
    left = place((4000, 3000), (600, 600), "face", [Box(0.02, 0.3, 0.1, 0.2)])
    assert left.part == (0, 0, 3000, 3000)
    right = place((4000, 3000), (600, 600), "face", [Box(0.85, 0.3, 0.1, 0.2)])
    assert right.part == (1000, 0, 4000, 3000)


def test_all_faces_are_kept_when_they_go_in_together() -> None:
    group = [Box(0.10, 0.3, 0.1, 0.2), Box(0.5, 0.3, 0.1, 0.2)]
    part = place((4000, 3000), (600, 600), "face", group).part
    assert part[0] <= 400
    assert part[2] >= 2400


def test_the_largest_face_is_kept_when_they_do_not() -> None:
    group = [Box(0.0, 0.3, 0.05, 0.1), Box(0.8, 0.3, 0.2, 0.4)]
    assert place((4000, 1000), (500, 500), "face", group).part == (3000, 0, 4000, 1000)


@given(sides, sides, st.sampled_from(["inside", "cover", "face"]), faces)
def test_a_placement_is_inside_the_picture_and_never_enlarges(
    size: tuple[int, int], target: tuple[int, int], fit: Fit, boxes: list[Box]
) -> None:
    placement = place(size, target, fit, boxes)
    left, top, right, bottom = placement.part
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]
    assert 1 <= placement.size[0] <= min(target[0], right - left)
    assert 1 <= placement.size[1] <= min(target[1], bottom - top)


@pytest.mark.parametrize(
    ("fit", "size", "expected"),
    [
        ("inside", (32, 24), ("red", "green", "blue", "white")),
        ("cover", (24, 24), ("red", "green", "blue", "white")),
    ],
)
def test_pixels_follow_the_placement(fit: Fit, size: tuple[int, int], expected: tuple[str, ...]) -> None:
    made = placed(quarters(64, 48), place((64, 48), (32, 24) if fit == "inside" else (24, 24), fit))
    assert made.size == size
    assert corners(made) == expected


def test_nothing_to_do_does_nothing() -> None:
    picture = quarters(64, 48)
    assert placed(picture, place(picture.size, (600, 600), "inside")) is picture
