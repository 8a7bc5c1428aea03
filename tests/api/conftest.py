"""The cast as clients of the API, which runs with the web function's permissions.

Imports wait until a fixture is asked for: pytest may read this file before Django is set up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.people import Cast, signed_in
from tests.support.pictures import make_jpeg, unseen

if TYPE_CHECKING:
    from media_pipeline.record.models import Image


@pytest.fixture
def clients(cast: Cast, aws: object) -> Cast:
    """Each of the cast in a browser."""
    from rest_framework.test import APIClient

    return signed_in(cast, APIClient)


@pytest.fixture
def photo(aws: object, cast: Cast) -> Image:
    """A photo of the owner's that went through the pipeline; its picture is new, since verdicts follow copies."""
    from tests.support.uploads import processed

    return processed(
        make_jpeg(800, 600, seed=unseen(), make="Canon", model="EOS 40D", latitude=47.37, longitude=-8.54),
        owner=cast.owner.pk,
        filename="dawn.jpg",
    )


@pytest.fixture
def announce(aws: object, cast: Cast) -> Callable[..., Image]:
    """Make an image of the owner's whose file is still to come; cheap."""
    from media_pipeline.access.readers import Reader
    from media_pipeline.intake import uploading
    from media_pipeline.intake.uploading import Announcement

    def make(owner: str = cast.owner.pk, **said: Any) -> Image:
        announced = Announcement(filename="a.jpg", content_type="image/jpeg", bytes=1000, **said)
        return uploading.start_upload(Reader(owner), announced)[0]

    return make
