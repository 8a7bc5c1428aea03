from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_pipeline.imaging.geometry import fit_inside, upright_size

sides = st.integers(1, 70_000)


@pytest.mark.parametrize(
    ("size", "box", "expected"),
    [
        ((100, 50), (600, 600), (100, 50)),  # never enlarged
        ((4000, 3000), (600, 600), (600, 450)),
        ((3000, 4000), (600, 600), (450, 600)),
        ((30_000, 1), (150, 150), (150, 1)),
        ((1, 30_000), (150, 150), (1, 150)),
        ((1000, 1000), (300, 100), (100, 100)),
    ],
)
def test_a_size_fits_inside_its_box(size: tuple[int, int], box: tuple[int, int], expected: tuple[int, int]) -> None:
    assert fit_inside(size, box) == expected


@given(sides, sides, st.integers(1, 5000))
def test_a_fitted_size_is_inside_the_box(w: int, h: int, box: int) -> None:
    """It is not enlarged and keeps its aspect."""
    width, height = fit_inside((w, h), (box, box))
    assert 1 <= width <= min(w, box)
    assert 1 <= height <= min(h, box)
    assert abs(width / max(w, h) - w / max(w, h) * max(width, height) / max(w, h)) <= 1 / max(w, h) + 1e-9


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations_five_to_eight_swap_the_sides(orientation: int) -> None:
    assert upright_size((40, 30), orientation) == ((30, 40) if orientation > 4 else (40, 30))
