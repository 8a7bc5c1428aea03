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
from tests.support.aws import service_at


@pytest.fixture(scope="session")
def rekognition_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One address for all tests, so that clients of it are made once; behind it each test has a service of its own."""
    service = Service(tmp_path_factory.mktemp("rekognition"), models(Findings()))
    server = Server(0, service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
    service.close()


@pytest.fixture
def recognition(aws: Emulator, db: None, tmp_path: Path, rekognition_server: Server) -> Iterator[Any]:
    """A client of the server that the code under test asks, too."""
    from media_pipeline.aws import clients
    from media_pipeline.conf import conf
    from media_pipeline.faces import consents

    service = Service(tmp_path, models(Findings()), settling_seconds=0.0)
    service.store._connection.execute("PRAGMA synchronous = OFF")  # what a test writes may go when the power does
    rekognition_server.service = service
    consents.clear_cache()
    aws.root_client("sqs").purge_queue(QueueUrl=conf.tasks_queue_url)
    try:
        with service_at("rekognition", rekognition_server.endpoint):
            yield clients.client("rekognition")
    finally:
        service.close()
