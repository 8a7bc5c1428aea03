"""The embedded AWS of a test process, and the roles in which tests ask it.

Importing this says where everything will be, before Django's settings and media_pipeline.conf are read: they read the
environment once.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import botocore.session

from config.local_aws.emulator import Emulator, Role
from tests.support.rekognition_stub import RekognitionStub

Clients = tuple[Any, dict[str, Any]]  # botocore's session, and what it has made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def prepare_environment() -> Emulator:
    """Say where everything will be once the `aws` fixture starts it; a test that needs no AWS pays nothing."""
    directory = Path(tempfile.mkdtemp(prefix="darkroom-tests-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    emulator = Emulator(directory / "aws", free_port())
    for name in [name for name in os.environ if name.startswith(("AWS_", "DARKROOM_"))]:
        del os.environ[name]  # a developer's own account must stay out of this
    os.environ.update(emulator.aws("pipeline"))
    os.environ.update(
        {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # once a browser ran, Playwright keeps an event loop in this thread
            "DATABASE_URL": f"sqlite:///{directory}/db.sqlite3",
            "DARKROOM_LOCAL_DIR": str(directory),
            "DARKROOM_SECRET_KEY": "only for tests, and long enough to sign tokens with",
            "DARKROOM_STAGE": "local",
            "DARKROOM_REGION": "us-east-1",
            "DARKROOM_ORIGINALS_BUCKET": "darkroom-local-originals-000000000000",
            "DARKROOM_RENDITIONS_BUCKET": "darkroom-local-renditions-000000000000",
            "DARKROOM_MEDIA_TABLE": "darkroom-local-media",
            "DARKROOM_TERMS_TABLE": "darkroom-local-terms",
            "DARKROOM_LIMITS_TABLE": "darkroom-local-limits",
            "DARKROOM_RETRY_QUEUE_URL": f"{emulator.endpoint}/000000000000/darkroom-local-retry",
            "DARKROOM_TASKS_QUEUE_URL": f"{emulator.endpoint}/000000000000/darkroom-local-tasks",
            "DARKROOM_DEAD_LETTERS_URL": f"{emulator.endpoint}/000000000000/darkroom-local-dead-letters",
            "DARKROOM_FLAGGED_TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:darkroom-local-flagged",
            "DARKROOM_SITE_URL": "http://127.0.0.1:8000",
            "DARKROOM_ALLOWED_HOSTS": "127.0.0.1,localhost,.execute-api.localhost",
            "DARKROOM_MEDIA_ORIGINS": "",
            "DARKROOM_STATIC_URL": "/static/",
            "DARKROOM_CLOUDFRONT_DOMAIN": "",
            "DARKROOM_CLOUDFRONT_KEY_ID": "",
            "AWS_ENDPOINT_URL_REKOGNITION": REKOGNITION.endpoint,
        }
    )
    return emulator


def read_descriptions_of_aws_once() -> None:
    """botocore reads megabytes of JSON for every session, and tests that change roles make hundreds of those."""
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)


def do_not_sleep_between_tries() -> None:
    """botocore waits longer before each try: seconds of every test in which AWS is down. How often it tries stays."""
    botocore.endpoint.time = SimpleNamespace(sleep=lambda _: None)


read_descriptions_of_aws_once()
do_not_sleep_between_tries()
REKOGNITION = RekognitionStub(free_port())
EMULATOR = prepare_environment()
_put_by: dict[tuple[str, ...], Clients] = {}


@contextmanager
def as_role(role: Role) -> Iterator[None]:
    """Everything inside runs with the permissions of that function, whatever ran before."""
    before = os.environ["AWS_PROFILE"]
    _switch_to(role)
    try:
        yield
    finally:
        _switch_to(before)


def _switch_to(role: str) -> None:
    """Each role keeps its clients: to assume it and to make them anew took half the time of some tests."""
    from media_pipeline.aws import clients

    if os.environ["AWS_PROFILE"] == role:
        return
    _put_by[_wanted()] = clients._session, clients._clients
    os.environ["AWS_PROFILE"] = role
    clients._session, clients._clients = _put_by.pop(_wanted(), (None, {}))


def _wanted() -> tuple[str, ...]:
    """What clients are made for: a test may let another Rekognition answer."""
    return os.environ["AWS_PROFILE"], os.environ["AWS_ENDPOINT_URL_REKOGNITION"]
