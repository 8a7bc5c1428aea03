"""The cast in front of the library, which runs with the web function's permissions; and a browser, where there is one.

Imports wait until a fixture is asked for: pytest may read this file before Django is set up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws import EMULATOR
from tests.support.people import Cast, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from media_pipeline.access.readers import Reader
    from media_pipeline.record.models import Image


@pytest.fixture
def clients(cast: Cast, aws: object) -> Cast:
    """Each of the cast in a browser."""
    from django.test import Client

    return signed_in(cast, Client)


@pytest.fixture
def photo(announce: Callable[..., Image]) -> Image:
    """A photo of the owner's as the pipeline leaves it; no bytes are behind it."""
    from media_pipeline.record.models import Image
    from tests.support.uploads import reread

    record = announce("dawn.jpg")
    facts: dict[str, Any] = {
        "version_id": "1",
        "format": "jpeg",
        "width": 800,
        "height": 600,
        "bytes": 100_000,
        "camera_make": "Canon",
        "camera_model": "Canon EOS 40D",
        "taken_at": "2026-05-17T14:03:59",
        "latitude": 47.37,
        "longitude": -8.54,
        "place": "Zürich, Switzerland",
        "exif": {"exposure_time": "1/250", "f_number": 4.5, "iso": 100},
        "renditions": {
            "large": ["jpeg", 600, 450, 40_000],
            "jpeg": ["jpeg", 800, 600, 70_000],
            "webp": ["webp", 800, 600, 50_000],
            "blurred": ["jpeg", 640, 480, 9_000],
        },
        "stages": {name: {"state": "done", "ms": 100} for name in ("thumbnails", "optimize", "metadata")},
    }
    actions = [getattr(Image, name).set(value) for name, value in facts.items()]
    assert Image(record.image_id).change([*actions, Image.unfinished.remove()], Image.image_id.exists())
    return reread(record)


@pytest.fixture
def owner(cast: Cast) -> Reader:
    from media_pipeline.access.readers import Reader

    return Reader(cast.owner.pk)


@pytest.fixture
def album(owner: Reader, photo: Image) -> str:
    """The id of an album with the photo in it."""
    from media_pipeline.albums import albums

    made = albums.create(owner, "Summer")
    albums.add(owner, made.album_id, [photo.image_id])
    return str(made.album_id)


@pytest.fixture
def announce(aws: object, cast: Cast) -> Callable[..., Image]:
    """Make an image of the owner's whose file is still to come, listed as an upload lists it."""
    from media_pipeline.access.readers import Reader
    from media_pipeline.intake import uploading
    from media_pipeline.intake.uploading import Announcement

    def make(filename: str = "a.jpg", **said: Any) -> Image:
        announced = Announcement(filename=filename, content_type="image/jpeg", bytes=1000, **said)
        return uploading.start_upload(Reader(cast.owner.pk), announced)[0]

    return make


@pytest.fixture
def site(own_storage: str, pipeline_running: None, cast: Cast) -> str:
    """The address of a whole Darkroom: pages, storage and pipeline."""
    return own_storage


@pytest.fixture
def own_storage(live_server: Any, aws: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of pages to whose scripts storage answers."""
    from media_pipeline.conf import conf

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in this thread
    s3, buckets = EMULATOR.root_client("s3"), (conf.originals_bucket, conf.renditions_bucket)
    rules = {bucket: s3.get_bucket_cors(Bucket=bucket)["CORSRules"] for bucket in buckets}
    for bucket in buckets:
        ours = [{**rule, "AllowedOrigins": [live_server.url]} for rule in rules[bucket]]
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": ours})
    yield str(live_server.url)
    for bucket in buckets:
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules[bucket]})


@pytest.fixture
def library(site: str, page: Page, complaints: list[str]) -> Page:
    """The empty library of somebody who has just signed in by the form."""
    page.goto(site)
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("darkroom")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="No photos yet").wait_for()
    page.wait_for_load_state()  # its modules have run
    return page


@pytest.fixture
def visitor(live_server: Any, aws: object, cast: Cast, page: Page, complaints: list[str]) -> Page:
    """The owner's browser, signed in, on pages without a pipeline: what is there, the test has put there."""
    from django.test import Client

    client = Client()
    client.force_login(cast.owner)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page
