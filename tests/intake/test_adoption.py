"""Objects that nobody announced: whose they are, what they are called, and that each version is its own image."""

from __future__ import annotations

import pytest

from media_pipeline.images import erasure
from media_pipeline.intake import adoption
from media_pipeline.pipeline import run
from media_pipeline.record.models import Image, new_image_id
from media_pipeline.search import pages, terms
from media_pipeline.storage import buckets
from tests.support.pictures import make_jpeg
from tests.support.uploads import stored

pytestmark = pytest.mark.usefixtures("aws")


def test_versions_of_a_key_are_images_of_their_own() -> None:
    """One is erased without the other."""
    key = f"original/overwritten {new_image_id()}.jpg"
    versions = [stored(make_jpeg(seed=seed), key, owner="otto") for seed in (52, 53)]
    for version in versions:
        run.process_object(version)
    by_version = {image.version_id: image for image in pages.page("otto", terms.ALL, size=5).images}
    erasure.erase(by_version[versions[0].version_id])
    assert buckets.original_versions(key) == [versions[1].version_id]


def test_an_interrupted_adoption_goes_on_with_its_version() -> None:
    key = f"original/interrupted {new_image_id()}.jpg"
    _, version = [stored(make_jpeg(width, 200, seed=54), key) for width in (300, 400)]
    image_id = adoption.adopt(version)
    assert image_id
    run.resume(image_id)
    record = Image.load(image_id)
    assert record is not None
    assert (record.width, record.version_id) == (400, version.version_id)


def test_a_file_name_from_metadata_is_cleaned() -> None:
    version = stored(make_jpeg(), f"original/{new_image_id()}.jpg", filename="..\\a\tb.jpg")
    record = Image.load(adoption.adopt(version) or "")
    assert record is not None
    assert record.filename == "ab.jpg"
