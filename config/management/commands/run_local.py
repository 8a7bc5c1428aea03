"""Run all of Darkroom on this machine: the embedded AWS, the pipeline and the web."""

from __future__ import annotations

import contextlib
import fcntl
import signal
import threading
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.local_aws import dispatcher, ports
from config.local_aws.emulator import START_SECONDS, Emulator
from config.local_aws.process import Child
from config.local_aws.rekognition.starting import Recognition
from media_pipeline.errors import ConfigurationError

PASSWORD = "darkroom"  # noqa: S105 - of accounts that are made only here, behind 127.0.0.1
# Username -> rights and groups.
ACCOUNTS: dict[str, tuple[dict[str, bool], tuple[str, ...]]] = {
    "admin": ({"is_staff": True, "is_superuser": True}, ("lead", "appeals", "privacy officer")),
    "moderator": ({"is_staff": True}, ("moderator", "senior", "face reviewer")),
    "alice": ({}, ()),
    "bob": ({}, ()),
}


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--port", type=int, default=8000, help="of the web; the embedded AWS and Rekognition take the next two"
        )

    def handle(self, *args: Any, port: int, **options: Any) -> None:  # noqa: ARG002
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        directory: Path = settings.LOCAL_DIR
        with alone(directory / "run.lock"), contextlib.ExitStack() as running:
            for needed in (port, port + 1, port + 2):
                check_free(needed, port)
            children = self.start(port, directory, running)
            self.announce(port, directory)
            watch(children, stop)
            self.stdout.write("\nStopping; everything is kept for the next `make run`.")

    def start(self, port: int, directory: Path, running: contextlib.ExitStack) -> dict[str, Child]:
        """Start everything in order; `running` stops it the other way round."""
        recognition = Recognition(directory / "rekognition", port + 2)
        emulator = Emulator(directory / "aws", port + 1, elsewhere=recognition.environment())
        try:
            rekognition = recognition.start(aws=emulator.aws("pipeline"))
            running.callback(recognition.stop)
            aws = emulator.start()
            running.callback(emulator.stop)
            emulator.provision(origins=f"http://127.0.0.1:{port},http://localhost:{port}")
            recognition.wait()
        except ConfigurationError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", verbosity=0)
        call_command("create_groups", verbosity=0)
        create_accounts()
        pipeline = dispatcher.spawn(emulator, log=directory / "pipeline.log")
        running.callback(pipeline.stop, patience=30)
        web = Child("config.local_aws.web", str(port), environment=emulator.environment("web"))
        running.callback(web.stop)
        children = {"embedded AWS": aws, "local Rekognition": rekognition, "pipeline": pipeline, "web": web}
        wait_for_answer(port, children)
        return children

    def announce(self, port: int, directory: Path) -> None:
        self.stdout.write(
            f"\n  Darkroom   http://127.0.0.1:{port}/\n"
            f"  Moderation http://127.0.0.1:{port}/admin/\n"
            f"  API        http://127.0.0.1:{port}/api/v1/docs\n\n"
            f"  Accounts   {', '.join(ACCOUNTS)}; password {PASSWORD}\n"
            f"  Logs       in {directory}: pipeline.log, aws/emulator.log, rekognition/rekognition.log\n\n"
            "  Ctrl-C stops all of it and keeps the data.\n"
        )


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Two of us on the same data would overwrite each other's."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError("Darkroom is already running here. Stop it first (Ctrl-C in its terminal).") from None
        yield


def check_free(needed: int, port: int) -> None:
    if not ports.is_free(needed):
        raise CommandError(
            f"Port {needed} is in use by another program. Choose another: `make run PORT={port + 100}` "
            "takes that port for the web and the next two for the embedded AWS and Rekognition."
        )


def create_accounts() -> None:
    User = get_user_model()  # noqa: N806 - a class
    for username, (rights, groups) in ACCOUNTS.items():
        if not User.objects.filter(username=username).exists():
            user = User.objects.create_user(username, f"{username}@localhost.invalid", PASSWORD, **rights)
            user.groups.set(Group.objects.filter(name__in=groups))


def wait_for_answer(port: int, children: dict[str, Child]) -> None:
    """Return when the web answers, whatever it answers: only a page that opens may be announced."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        check_alive(children)
        try:
            opener.open(f"http://127.0.0.1:{port}/healthz", timeout=30).close()
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
        else:
            return
    raise CommandError("The web does not answer; what it printed above says why.")


def watch(children: dict[str, Child], stop: threading.Event) -> None:
    """Wait for Ctrl-C. If a child ends by itself, so does everything: half of it would only look as if it worked."""
    while not stop.wait(0.5):
        check_alive(children)


def check_alive(children: dict[str, Child]) -> None:
    for name, child in children.items():
        if child.exit_status is not None:
            raise CommandError(f"The {name} ended by itself (exit status {child.exit_status}); the logs above say why.")
