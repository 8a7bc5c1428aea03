"""Starts the local Rekognition as a process of its own; the application finds it through `environment()`."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from pathlib import Path

from config.local_aws.process import Child
from media_pipeline.errors import ConfigurationError

START_SECONDS = 30


class Recognition:
    """Usage: `start()`, run programs under `environment()`, `stop()`. Collections are kept in `directory`."""

    def __init__(self, directory: Path, port: int) -> None:
        self.directory = directory
        self.log = directory / "rekognition.log"
        self.endpoint = f"http://127.0.0.1:{port}"
        self.port = port
        self.child: Child | None = None

    def start(self, *, aws: dict[str, str] | None = None) -> None:
        """Return when it answers; models load meanwhile. `aws` lets it read images in S3 (see Emulator.aws)."""
        self.directory.mkdir(parents=True, exist_ok=True)
        arguments = (str(self.port), str(self.directory))
        self.child = Child("config.local_aws.rekognition", *arguments, environment=aws, log=self.log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.child.exit_status is not None or time.monotonic() > deadline:
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
