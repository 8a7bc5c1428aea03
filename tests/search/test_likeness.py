"""How alike two pictures look."""

from __future__ import annotations

import pytest
from PIL import Image as Pillow

from media_pipeline.search import likeness
from tests.support.pictures import encode
from tests.support.uploads import processed


def test_likeness_counts_bits_of_the_picture_or_its_mirror_image() -> None:
    one = likeness.pack(0b1111, 0b1111 << 60)
    assert likeness.distance(one, likeness.pack(0b0111, 0)) == 1
    assert likeness.distance(one, likeness.pack(0b1110 << 60, 0)) == 1


@pytest.mark.usefixtures("aws")
def test_a_picture_without_edges_is_like_no_other() -> None:
    flat = encode(Pillow.new("RGB", (400, 300), (90, 120, 200)), "PNG")
    record = processed(flat)
    assert likeness.band_terms(record.phash) == set()
