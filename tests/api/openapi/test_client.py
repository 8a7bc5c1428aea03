"""A typed client, made from the description by somebody else's generator, against the whole stack."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from drf_spectacular.generators import SchemaGenerator

from media_pipeline.access import api_keys
from media_pipeline.access.api_keys import Scope
from tests.support.people import Cast
from tests.support.pictures import make_jpeg
from tests.support.waiting import HANGS

PACKAGE = "darkroom_client"
GENERATE = "from openapi_python_client.cli import app; app()"


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """The modules of the generated client, by name."""
    directory = tmp_path_factory.mktemp("client")
    description = directory / "schema.json"
    description.write_text(json.dumps(SchemaGenerator().get_schema(request=None, public=True)))
    options = ["--path", description, "--output-path", directory / PACKAGE, "--meta", "none", "--fail-on-warning"]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", GENERATE, "generate", *options],
        env={"PATH": str(Path(sys.executable).parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(directory))
    yield lambda name: importlib.import_module(f"{PACKAGE}.{name}")
    sys.path.remove(str(directory))


@pytest.fixture
def calling(part: Callable[[str], Any]) -> Iterator[Callable[[str, str], Any]]:
    """A client of this address with this key; its connections end with the test."""
    with ExitStack() as opened:

        def made(url: str, key: str) -> Any:
            client = part("client").AuthenticatedClient(
                base_url=url, token=key, prefix="", auth_header_name="X-API-Key"
            )
            return opened.enter_context(client)

        yield made


@pytest.mark.slow
@pytest.mark.usefixtures("pipeline_running")
def test_it_uploads_waits_searches_and_reads(
    part: Callable[[str], Any], calling: Callable[[str, str], Any], live_server: Any, cast: Cast, aws: object
) -> None:
    _, text = api_keys.make(owner=cast.owner.pk, name="Client", scopes=Scope, days=1, made_by="lead")
    client = calling(live_server.url, text)
    data = make_jpeg(800, 600, make="Canon", model="EOS 40D")
    announced = part("models").AnnouncedUploadRequest(
        filename="dawn.jpg",
        content_type=part("models").ContentTypeEnum.IMAGEJPEG,
        bytes_=len(data),
        title="Dawn over the lake",
    )
    start = part("api.images.start_upload").sync
    started = start(client=client, body=announced, idempotency_key="once")
    assert start(client=client, body=announced, idempotency_key="once").image_id == started.image_id
    form = started.upload
    sent = requests.post(form.url, form.fields.additional_properties, files={"file": data}, timeout=HANGS)
    assert sent.status_code == 204

    read = part("api.images.get_image").sync
    deadline = time.monotonic() + HANGS
    while (image := read(started.image_id, client=client)).status in {"uploading", "processing"}:
        assert time.monotonic() < deadline, image.status
        time.sleep(0.5)
    assert (image.status, image.width, image.height) == ("ready", 800, 600)
    assert image.metadata.camera_model == "EOS 40D"
    assert image.renditions
    assert all(rendition.url for rendition in image.renditions)

    found = part("api.images.list_images").sync(client=client, q="lake", camera=["canon"])
    assert [result.image_id for result in found.results] == [started.image_id]
    assert part("api.images.list_images").sync(client=client, q="mountain").results == []


def test_its_errors_are_typed_too(
    part: Callable[[str], Any], calling: Callable[[str, str], Any], live_server: Any, cast: Cast
) -> None:
    client = calling(live_server.url, "dk_wrong")
    answer = part("api.images.list_images").sync_detailed(client=client)
    assert answer.status_code == 401
    assert isinstance(answer.parsed, part("models").Problem)
    assert answer.parsed.code == "authentication_failed"
