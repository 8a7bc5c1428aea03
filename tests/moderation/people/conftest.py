"""The local Rekognition with painted squares for faces, and a queue of tasks that is empty."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.local_aws.emulator import Emulator
from config.local_aws.rekognition.server import Server
from config.local_aws.rekognition.service import Service
from tests.local_aws.rekognition.stubs import Findings, models


@pytest.fixture
def recognition(aws: Emulator, db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of the server that the code under test asks, too."""
    from media_pipeline.aws import clients
    from media_pipeline.conf import conf
    from media_pipeline.faces import consents

    service = Service(tmp_path, models(Findings()), settling_seconds=0.0)
    service.store._connection.execute("PRAGMA synchronous = OFF")  # what a test writes may go when the power does
    server = Server(0, service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", server.endpoint)
    clients.reset()
    consents.clear_cache()
    aws.root_client("sqs").purge_queue(QueueUrl=conf.tasks_queue_url)
    try:
        yield clients.client("rekognition")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        service.close()
        monkeypatch.undo()
        clients.reset()
