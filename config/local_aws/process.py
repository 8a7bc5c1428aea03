"""Child processes that stop when asked to, and also when their parent is gone."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path


class Child:
    """One `python -m module` of ours.

    It stands in a session of its own, so that Ctrl-C reaches only the parent, which then stops its children in the
    right order. The pipe on its standard input closes with the parent, however that ends: see `exit_with_parent`.
    """

    def __init__(
        self, module: str, *arguments: str, environment: Mapping[str, str] | None = None, log: Path | None = None
    ) -> None:
        self.module = module
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(log.open("ab")) if log else None
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", module, *arguments],
                env={**_inherited(), **(environment or {})},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT if log else None,
                start_new_session=True,
            )

    @property
    def exit_status(self) -> int | None:
        return self.process.poll()

    def stop(self, *, patience: float = 10) -> None:
        """Ask it to end; make it end when it does not within `patience` seconds."""
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._forget()

    def kill(self) -> None:
        self.process.kill()
        self._forget()

    def _forget(self) -> None:
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()


def _inherited() -> dict[str, str]:
    """The environment without AWS's own: a developer's real keys would win over the profile of a role."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


def exit_with_parent() -> None:
    """Called by a child: end in good order as soon as the parent's end of standard input is closed."""

    def wait() -> None:
        while os.read(0, 64):  # not sys.stdin: its lock would be held while the interpreter ends
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()
