"""Starts the local Rekognition as a process of its own; the application finds it through `environment()`."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from pathlib import Path

from config.local_aws import ports
from config.local_aws.process import Child
from media_pipeline.errors import ConfigurationError

START_SECONDS = 120  # on a busy machine; one that cannot start ends at once


class Recognition:
    """Usage: `start()`, `wait()`, run programs under `environment()`, `stop()`. `directory` keeps the collections."""

    def __init__(self, directory: Path, port: int) -> None:
        self.directory = directory
        self.log = directory / "rekognition.log"
        self.endpoint = f"http://127.0.0.1:{port}"
        self.port = port
        self.child: Child | None = None

    def start(self, *, aws: dict[str, str] | None = None) -> Child:
        """Start it, and do not wait: it may load while others start. `aws` lets it read S3 (see Emulator.aws)."""
        if not ports.is_free(self.port):
            raise ConfigurationError(f"The local Rekognition needs port {self.port}, but another program has it.")
        self.directory.mkdir(parents=True, exist_ok=True)
        arguments = (str(self.port), str(self.directory))
        self.child = Child("config.local_aws.rekognition", *arguments, environment=aws, log=self.log)
        return self.child

    def wait(self) -> None:
        """Return when it answers; models may still load, and calls wait for theirs."""
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.child is None or self.child.exit_status is not None or time.monotonic() > deadline:
                self.stop()
                raise ConfigurationError(
                    f"The local Rekognition does not start on port {self.port}; {self.log} says why."
                )
            time.sleep(0.02)

    def stop(self) -> None:
        if self.child:
            self.child.stop()
            self.child = None

    def environment(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL_REKOGNITION": self.endpoint}

    def _answers(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open(self.endpoint, timeout=5).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        return True
