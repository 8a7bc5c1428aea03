"""The embedded AWS of a test process, and the roles in which tests ask it.

Importing this says where everything will be, before Django's settings and media_pipeline.conf are read: they read the
environment once.
"""

from __future__ import annotations

import atexit
import functools
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore.retries.standard
import botocore.session

from config.local_aws import ports
from config.local_aws.emulator import Emulator, Role
from tests.support.rekognition_stub import RekognitionStub

# Folders of tests whose subject runs in the web's function; all others run with the pipeline's role.
OF_THE_WEB = ("api", "library", "moderation", "albums", "access", "images", "search", "storage")


def free_port(together: int = 1) -> int:
    """The first of so many that are free.

    They are below those that systems lend to connections: one of these may be lent again before it is used.
    """
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        if all(ports.is_free(port + number) for number in range(together)):
            return port


def prepare_environment() -> Emulator:
    """Say where everything will be once the `aws` fixture starts it; a test that needs no AWS pays nothing."""
    directory = Path(tempfile.mkdtemp(prefix="darkroom-tests-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    emulator = Emulator(directory / "aws", free_port(), in_memory=True)
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


def retry_at_once() -> None:
    """Four attempts at an AWS that is down take four seconds of waiting, and their number is what matters here."""
    botocore.retries.standard.ExponentialBackoff.delay_amount = lambda _self, _context: 0


read_descriptions_of_aws_once()
retry_at_once()
REKOGNITION = RekognitionStub(free_port())
EMULATOR = prepare_environment()


@dataclass
class Pool:
    """What media_pipeline.aws.clients keeps for a process, which is one function all its life."""

    session: Any = None
    clients: dict[str, Any] = field(default_factory=dict)


POOLS: dict[frozenset[tuple[str, str]], Pool] = {}  # by all that clients read from the environment


def as_role(role: Role) -> AbstractContextManager[None]:
    """Everything inside runs with the permissions of that function, whatever ran before; functions are wrapped, too."""
    return _environment(AWS_PROFILE=role)


def as_administrator() -> AbstractContextManager[None]:
    """For looking behind the curtain with our own code: no function of ours may list all there is."""
    return _environment(AWS_PROFILE=None, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")


def service_at(service: str, endpoint: str) -> AbstractContextManager[None]:
    """Another program plays that service, or none: nobody listens on port 9."""
    return _environment(**{f"AWS_ENDPOINT_URL_{service.upper()}": endpoint})


@contextmanager
def _environment(**variables: str | None) -> Iterator[None]:
    """Clients made in that environment; those of the last time: making them takes half of a test's time."""
    from media_pipeline.aws import clients

    before, session, made = {name: os.environ.get(name) for name in variables}, clients._session, clients._clients
    _set(variables)
    pool = POOLS.setdefault(frozenset(item for item in os.environ.items() if item[0].startswith("AWS_")), Pool())
    clients._session, clients._clients = pool.session, pool.clients
    try:
        yield
    finally:
        pool.session = clients._session
        _set(before)
        clients._session, clients._clients = session, made


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
