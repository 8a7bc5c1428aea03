"""A small library to search in, and an empty one."""

from __future__ import annotations

import pytest

from media_pipeline.access.readers import Reader
from media_pipeline.record.models import new_image_id
from tests.search.stored_images import four_images


@pytest.fixture(scope="module")
def reader(aws: object) -> Reader:
    """Somebody with four different images."""
    owner = new_image_id()
    four_images(owner)
    return Reader(owner)


@pytest.fixture
def own() -> Reader:
    return Reader(new_image_id())
