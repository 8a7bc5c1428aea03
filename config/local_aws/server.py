"""The emulator's own process: ministack on the loopback interface, with checkpoints.

ministack writes DynamoDB, queues and the rest only when it stops in good order, so a `kill -9` or a flat battery would
lose every item since the start. A checkpoint is taken by a forked child, which has the state of one moment and leaves
the server free to answer; between two requests on the event loop no handler is half-way through a change.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack
from ministack.core.persistence import PERSIST_STATE, save_all

from config.local_aws.lambda_workers import let_invocations_end
from config.local_aws.process import exit_with_parent

CHECKPOINT_SECONDS = 5.0
READS = ("ReceiveMessage", "GetItem", "BatchGetItem", "Query", "GetRecords", "GetShardIterator", "Describe", "List")


class CheckpointedApp:
    """ministack's ASGI application; it remembers whether anything may have changed since the last checkpoint."""

    def __init__(self) -> None:
        self.changed = False
        self.saving = asyncio.Lock()
        self.checkpoints: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            if PERSIST_STATE:
                self.checkpoints = asyncio.create_task(self.checkpoint_for_ever())
            await ministack.app(scope, self.without_checkpoint_at_shutdown(receive), send)
        else:
            await ministack.app(scope, receive, send)
            self.changed = self.changed or not is_read(scope)

    async def checkpoint_for_ever(self) -> None:
        pause = CHECKPOINT_SECONDS
        while True:
            await asyncio.sleep(pause)
            async with self.saving:
                if self.changed:
                    self.changed = False
                    took = await checkpoint()
                    pause = max(CHECKPOINT_SECONDS, 10 * took)  # never more than a tenth of one core

    def without_checkpoint_at_shutdown(self, receive: Any) -> Any:
        """ministack saves when it shuts down, into the same files: let a checkpoint end first and start no other."""

        async def receive_when_saved() -> Any:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self.saving.acquire()
            return message

        return receive_when_saved


async def checkpoint() -> float:
    """Save every service's state as it is now; return how long that took."""
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            save_all(ministack._build_persistence_save_dict())  # noqa: SLF001 - held by the exact pin and a test
        finally:
            os._exit(0)  # no handler, no buffer and no socket of the parent may be touched on the way out
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        await asyncio.sleep(0.02)
    return time.monotonic() - started


def is_read(scope: Any) -> bool:
    """Whether a request certainly changes nothing. Long polls must not count, or an idle emulator would never rest."""
    if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
        return True
    target = next((value for name, value in scope["headers"] if name == b"x-amz-target"), b"").decode()
    return target.rpartition(".")[2].startswith(READS)


def main() -> None:
    exit_with_parent()
    let_invocations_end()
    config = Config()
    config.bind = [f"127.0.0.1:{int(sys.argv[1])}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.5  # open long polls need no answer from a server that goes
    config.loglevel = "WARNING"
    asyncio.run(serve(CheckpointedApp(), config, mode="asgi"))


if __name__ == "__main__":
    main()
