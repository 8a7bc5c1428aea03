"""One embedded AWS a test process, and people to test permissions with. pytest-socket keeps tests on this machine.

This file runs before Django's settings and media_pipeline.conf are read, because they read the environment once.
That is why it names the settings, and pyproject.toml does not: pytest-django would load them first.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import socket
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore.retries.standard
import botocore.session
import django
import pytest
from django.conf import settings
from ulid import ULID

from config.local_aws import dispatcher
from config.local_aws.emulator import Emulator, Role
from tests.rekognition_stub import RekognitionStub


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
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


def pytest_configure(config: pytest.Config) -> None:
    """What pytest-django would do itself, had it been told the settings before this file had its say.

    Workers inherit the environment. With the settings' name in it, pytest-django would read them there before this file
    has given the worker an AWS and a database of its own.
    """
    django.setup()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one takes its time
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, so that `make check` can do without."""
    for item in items:
        if "playwright" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """A file, as the product has it: in memory, SQLite's connections refuse each other instead of waiting."""
    from django.db import connections

    connections.databases["default"]["TEST"]["NAME"] = str(EMULATOR.directory.parent / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def _spare_a_tests_transaction() -> None:
    """What runs between two requests closes old connections, and takes one in a transaction for left behind.

    In tests that transaction is the test's own, and the connection holds its data.
    """
    from django.db.backends.base.base import BaseDatabaseWrapper

    close = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def spare(self: BaseDatabaseWrapper) -> None:
        if not self.in_atomic_block:
            close(self)

    BaseDatabaseWrapper.close_if_unusable_or_obsolete = spare


@pytest.fixture(scope="session", autouse=True)
def _find_static_files_once() -> None:
    """Every client of a test has middleware of its own, which would look for the static files anew each time."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    find = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def find_once(self: WhiteNoiseMiddleware) -> None:
        if not found:
            find(self)
            found.update(self.files)
        self.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = find_once


@pytest.fixture(scope="session")
def aws() -> Iterator[Emulator]:
    """The embedded AWS, provisioned. Tests share it: make images and owners of your own, and count on no others."""
    EMULATOR.start()
    try:
        EMULATOR.provision()
        for name, value in EMULATOR.environment("pipeline").items():
            assert os.environ.get(name, value) == value, f"{name} was read as {os.environ[name]}, but is {value}"
        yield EMULATOR
    finally:
        EMULATOR.stop()


@dataclass
class Pool:
    """What media_pipeline.aws keeps for a process, which is one function all its life."""

    session: Any = None
    clients: dict[str, Any] = field(default_factory=dict)


POOLS: dict[frozenset[tuple[str, str]], Pool] = {}  # by all that clients read from the environment


@contextmanager
def as_role(role: Role) -> Iterator[None]:
    """Everything inside runs with the permissions of that function, whatever ran before.

    Session and clients are those of the last time: making them, and AssumeRole, would take half of a test's time.
    """
    from media_pipeline import aws as clients

    profile, session, made = os.environ["AWS_PROFILE"], clients._session, clients._clients
    os.environ["AWS_PROFILE"] = role
    pool = POOLS.setdefault(frozenset(item for item in os.environ.items() if item[0].startswith("AWS_")), Pool())
    clients._session, clients._clients = pool.session, pool.clients
    try:
        yield
    finally:
        pool.session = clients._session
        os.environ["AWS_PROFILE"], clients._session, clients._clients = profile, session, made


@pytest.fixture(autouse=True)
def rekognition() -> Iterator[RekognitionStub]:
    """What Rekognition finds is up to the test; nothing, unless it says so."""
    yield REKOGNITION
    REKOGNITION.reset()


@pytest.fixture(autouse=True)
def no_chance_reviews(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default one image in a thousand is reviewed at random, and every later copy of its bytes with it: most tests
    share theirs. A test that sets the rate gets what it asks for."""
    from media_pipeline.policy import Policy

    samples, default = Policy.samples, Policy().sample_rate

    def asked_for(rules: Policy, image_id: str) -> bool:
        return rules.sample_rate != default and samples(rules, image_id)

    monkeypatch.setattr(Policy, "samples", asked_for)


@pytest.fixture
def fresh_policy(aws: Emulator) -> Iterator[None]:
    """The default thresholds, no random samples, and no model that answered before."""
    from media_pipeline import policy

    def remove() -> None:
        for pk in (policy.CURRENT, policy.MODEL):
            policy.PolicyItem(pk, version=0, body="").delete()
        policy.forget()

    remove()
    policy.publish(policy.Policy(version=1, sample_rate=0))
    yield
    remove()


@pytest.fixture(autouse=True)
def an_address_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test calls from another address, so that none is throttled for what those before it did."""
    from media_pipeline import limits

    network, test = limits.network, ULID()
    monkeypatch.setattr(limits, "network", lambda address: f"{network(address)} in {test}")


@pytest.fixture
def web_role(aws: Emulator) -> Iterator[None]:
    """For tests of what the web does. Without it they run as the pipeline, which may do other things."""
    with as_role("web"):
        yield


def copy_test_database(path: Path) -> None:
    """The tests' own, as it is between two tests: migrated, which takes much longer than a copy."""
    from django.db import connection

    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)


def from_now_on(aws: Emulator) -> Path:
    """Settings for a dispatcher that passes over what tests before this one wrote: thousands of records by the end."""
    settings = json.loads(aws.zappa_settings.read_text())
    recent = {"ApproximateCreationDateTime": [{"numeric": [">=", int(time.time())]}]}
    for event in settings["pipeline"]["events"]:
        for pattern in event.get("event_source", {}).get("filters", []):
            pattern["dynamodb"].update(recent)
    path = aws.directory / "from_now_on.json"
    path.write_text(json.dumps(settings))
    return path


@pytest.fixture(scope="module")
def pipeline_running(aws: Emulator, django_db_setup: None) -> Iterator[None]:
    """The dispatcher, invoking the real handlers for what arrives from now on, on an empty database of its own."""
    copy_test_database(EMULATOR.directory.parent / "db.sqlite3")
    aws.root_client("sqs").purge_queue(QueueUrl=aws.outputs["LocalBucketEventsUrl"])
    where = {"AWS_ENDPOINT_URL_REKOGNITION": REKOGNITION.endpoint}
    child = dispatcher.spawn(aws, settings=from_now_on(aws), log=aws.directory / "pipeline.log", environment=where)
    try:
        yield
    finally:
        child.stop(patience=30)


@dataclass(frozen=True)
class Cast:
    """Who may do what is asked of each of them."""

    owner: Any
    stranger: Any
    moderator: Any
    anonymous: Any


def signed_in(cast: Cast, client: type[Any]) -> Cast:
    """The same people, each in a client of their own."""

    def of(user: Any) -> Any:
        mine = client()
        if user.is_authenticated:
            mine.force_login(user)
        return mine

    return Cast(of(cast.owner), of(cast.stranger), of(cast.moderator), of(cast.anonymous))


@pytest.fixture
def cast(db: None) -> Cast:
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import AnonymousUser, Group

    create = get_user_model().objects.create_user
    moderator = create("moderator", "moderator@example.com", "darkroom", is_staff=True)
    moderator.groups.add(Group.objects.get_or_create(name="moderator")[0])
    return Cast(
        owner=create("alice", "alice@example.com", "darkroom"),
        stranger=create("bob", "bob@example.com", "darkroom"),
        moderator=moderator,
        anonymous=AnonymousUser(),
    )
