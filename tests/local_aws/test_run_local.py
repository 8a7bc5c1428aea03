"""`make run`, from the outside: start, use, stop, start again."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.local_aws import ports
from tests.support.aws import free_port
from tests.support.waiting import HANGS, eventually

pytestmark = pytest.mark.slow
MANAGE = Path(__file__).parents[2] / "manage.py"
Run = Callable[[], "Running"]


class Running:
    def __init__(self, directory: Path, port: int) -> None:
        self.port = port
        environment = {**os.environ, "DARKROOM_LOCAL_DIR": str(directory)}
        environment.pop("DATABASE_URL", None)
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, MANAGE, "run_local", "--port", str(port)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def printed_until(self, pattern: str) -> str:
        assert self.process.stdout
        printed = ""
        while not re.search(pattern, printed):
            line = self.process.stdout.readline()
            assert line, f"ended with {printed}"
            printed += line
        return printed

    def healthy(self) -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=HANGS) as answer:
            return bool(answer.status == 200)

    def interrupt(self) -> str:
        self.process.send_signal(signal.SIGINT)
        return self.process.communicate(timeout=HANGS)[0]

    def all_ports_left(self) -> bool:
        return eventually(lambda: all(ports.is_free(self.port + n) for n in range(3)))


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    started: list[Running] = []
    port = free_port(together=3)

    def start() -> Running:
        started.append(Running(tmp_path / "local", port))
        return started[-1]

    yield start
    for running in started:
        running.process.kill()
        running.process.communicate()
    assert all(running.all_ports_left() for running in started), "children outlived their parent"


def test_it_starts_says_where_it_is_and_stops_without_a_trace(run: Run) -> None:
    running = run()
    printed = running.printed_until("Ctrl-C")
    assert f"http://127.0.0.1:{running.port}/" in printed
    assert "admin, moderator, alice, bob; password darkroom" in printed
    assert running.healthy()

    last_words = running.interrupt()
    assert "Traceback" not in last_words
    assert running.process.returncode == 0
    assert running.all_ports_left()

    before = processor_time()
    again = run()
    again.printed_until("Ctrl-C")
    again.interrupt()
    assert processor_time() - before < 20


def processor_time() -> float:
    """Of all children that have ended, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_second_one_on_the_same_data_is_refused_in_plain_words(run: Run) -> None:
    run().printed_until("Ctrl-C")
    second = run()
    said = second.process.communicate(timeout=HANGS)[0]
    assert "already running" in said
    assert "Traceback" not in said
    assert second.process.returncode == 1


def test_a_port_in_use_is_named_with_the_remedy(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        running = Running(tmp_path, taken.getsockname()[1])
        said = running.process.communicate(timeout=HANGS)[0]
    assert f"Port {running.port} is in use" in said
    assert "make run PORT=" in said
    assert running.process.returncode == 1


def test_its_children_end_when_it_is_killed(run: Run) -> None:
    running = run()
    running.printed_until("Ctrl-C")
    running.process.kill()
    assert running.all_ports_left()
