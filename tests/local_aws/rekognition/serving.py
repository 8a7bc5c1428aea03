"""The local Rekognition in this process, and clients of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from config.local_aws.detectors.models import Models
from config.local_aws.rekognition.server import Server
from config.local_aws.rekognition.service import Service
from tests.local_aws.rekognition.shapes import check_answers


def client_of(endpoint: str) -> Any:
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("AWS_PROFILE")  # the embedded AWS makes it, and nothing here needs that
        once = Config(retries={"total_max_attempts": 1})
        return session().client("rekognition", endpoint_url=endpoint, config=once)


@cache
def session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


@contextmanager
def serving(directory: Path, served: Models, **settings: Any) -> Iterator[Any]:
    """A boto3 client of a server of its own; each answer is held against AWS's model."""
    service = Service(directory, served, **settings)
    server = Server(0, service)
    client = client_of(server.endpoint)
    check_answers(client)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield client
    finally:
        client.close()
        server.shutdown()
        thread.join()
        server.server_close()
        service.close()
