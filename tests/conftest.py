"""Fixtures that all tests share: one embedded AWS a process, the role of production, people, and no network.

tests.support.aws is imported first: it prepares the environment, which Django's settings and media_pipeline.conf read
once. That is why pytest_configure names the settings, and pyproject.toml does not: pytest-django would load them first.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import pytest
from django.conf import settings
from ulid import ULID

from tests.support.aws import EMULATOR, OF_THE_WEB, REKOGNITION, as_role
from tests.support.people import Cast
from tests.support.rekognition_stub import RekognitionStub
from tests.support.waiting import HANGS

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from config.local_aws.emulator import Emulator

TESTS = Path(__file__).parent
IN_A_BROWSER = {"page", "context", "browser", "playwright"}  # fixtures of pytest-playwright
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`${event.violatedDirective} violated by ${event.blockedURI} in ${event.sourceFile}`));"""


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
    """Mark what needs a browser, so that `make check` can leave it out."""
    for item in items:
        if IN_A_BROWSER & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: looking through it for garbage again and again took a fourteenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


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


@pytest.fixture(autouse=True)
def role_of_production(request: pytest.FixtureRequest) -> Iterator[None]:
    """The web's where its pages, calls and services are tested; elsewhere the pipeline's. What acts for the other one,
    as a helper that plays the table's stream, takes its role itself.
    """
    room = request.path.relative_to(TESTS).parts[0]
    with as_role("web" if room in OF_THE_WEB else "pipeline"):
        yield


@pytest.fixture(autouse=True)
def rekognition() -> Iterator[RekognitionStub]:
    """What Rekognition finds is up to the test; nothing, unless it says so."""
    yield REKOGNITION
    REKOGNITION.reset()


@pytest.fixture(autouse=True)
def no_chance_reviews(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default one image in a thousand is reviewed at random, and every later copy of its bytes with it: most tests
    share theirs. A test that sets the rate gets what it asks for."""
    from media_pipeline.review.policy import Policy

    samples, default = Policy.samples, Policy().sample_rate

    def asked_for(rules: Policy, image_id: str) -> bool:
        return rules.sample_rate != default and samples(rules, image_id)

    monkeypatch.setattr(Policy, "samples", asked_for)


@pytest.fixture
def fresh_policy(aws: Emulator) -> Iterator[None]:
    """The default thresholds, no random samples, and no model that answered before."""
    from media_pipeline.review import policy

    def remove() -> None:
        for pk in (policy.CURRENT, policy.MODEL):
            policy.PolicyItem(pk, version=0, body="").delete()
        policy.clear_cache()

    remove()
    policy.publish(policy.Policy(version=1, sample_rate=0))
    yield
    remove()


@pytest.fixture(autouse=True)
def an_address_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test calls from another address, so that none is throttled for what those before it did."""
    from media_pipeline.access import limits

    network, test = limits.network, ULID()
    monkeypatch.setattr(limits, "network", lambda address: f"{network(address)} in {test}")


@pytest.fixture
def empty_queues(aws: Emulator) -> None:
    from tests.support import emptying

    emptying.empty_queues()


@pytest.fixture(scope="module")
def empty_stores(aws: Emulator) -> None:
    from tests.support import emptying

    emptying.empty_stores(aws)


@pytest.fixture
def web_role(aws: Emulator) -> Iterator[None]:
    """For tests of what the web does, in a folder whose other tests run as the pipeline."""
    with as_role("web"):
        yield


@pytest.fixture(scope="module")
def pipeline_running(aws: Emulator, django_db_setup: None) -> Iterator[None]:
    """The dispatcher, invoking the real handlers for what arrives from now on, on an empty database of its own."""
    from config.local_aws import dispatcher
    from tests.support.dispatching import copy_test_database, from_now_on

    copy_test_database(EMULATOR.directory.parent / "db.sqlite3")
    aws.root_client("sqs").purge_queue(QueueUrl=aws.outputs["LocalBucketEventsUrl"])
    where = {"AWS_ENDPOINT_URL_REKOGNITION": REKOGNITION.endpoint}
    child = dispatcher.spawn(aws, settings=from_now_on(aws), log=aws.directory / "pipeline.log", environment=where)
    try:
        yield
    finally:
        child.stop(patience=30)


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


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if CHROMIUM is None:
        pytest.skip("No Chromium on this machine; `apt-get install chromium` brings one.")
    quiet = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", *quiet]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(1000 * HANGS)
    return context


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser complained of; a test that leaves any there fails."""
    found: list[str] = []
    page.add_init_script(REPORT_VIOLATIONS)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type in {"error", "warning"} else None)
    yield found
    assert found == []
