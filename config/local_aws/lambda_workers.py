"""ministack's Lambda workers: one that is at work ends its invocation before it goes.

ministack kills all workers of a function whenever its code or configuration changes, or one of them fails, and whoever
waits for another hears "Worker process exited immediately". AWS lets invocations end:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from ministack.core import lambda_runtime

_kill = lambda_runtime.kill_workers


def let_invocations_end() -> None:
    lambda_runtime.kill_workers = kill_when_done


def kill_when_done(workers: Iterable[Any]) -> None:
    """A worker holds its lock from its start to its answer."""
    idle = []
    for worker in workers:
        if worker._lock.locked():  # noqa: SLF001 - held by the exact pin and a test
            threading.Thread(target=_kill_later, args=(worker,), daemon=True).start()
        else:
            idle.append(worker)
    _kill(idle)


def _kill_later(worker: Any) -> None:
    with worker._lock:  # noqa: SLF001 - as above
        _kill([worker])
