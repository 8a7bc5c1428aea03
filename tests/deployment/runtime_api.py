"""Lambda's Runtime API, small: it runs an unpacked package under AWS's own runtime client and hands it events.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from typing import Any, Self

import boto3

from config.local_aws.emulator import Emulator
from config.packaging import sources
from tests.support.waiting import HANGS

FUNCTION_ARN = "arn:aws:lambda:us-east-1:000000000000:function:darkroom"
TRACE_ID = "Root=1-5759e988-bd862e3fe1be46a994272793"
TICKS = os.sysconf("SC_CLK_TCK")
# -S leaves the virtual environment out, -I everything else of this machine: only the package and AWS's client remain.
# -B because nobody writes to /var/task, and -I hears no PYTHONDONTWRITEBYTECODE.
BOOT = """import os, runpy, sys
sys.path[:0] = [os.getcwd(), sys.argv.pop(1)]
runpy.run_module("awslambdaric", run_name="__main__")"""


@dataclass(frozen=True)
class Answer:
    """What the function gave back, or the error with which it ended."""

    failed: bool
    body: bytes

    @cached_property
    def value(self) -> Any:
        return json.loads(self.body)


class RuntimeApi:
    """One function's process. Use as a context manager; `invoke` waits for the answer."""

    def __init__(
        self,
        package: Path,
        *,
        client: Path,
        environment: Mapping[str, str],
        log: Path,
        stage: str,
        handler: str = "config.lambda_entry.lambda_handler",
    ) -> None:
        self.events: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.answers: queue.Queue[Answer] = queue.Queue()
        self.count = 0
        self.ready = threading.Event()  # the function asks for its first event: its init phase is over
        self.log = log
        self.server = _Server(self)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        with log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-B", "-I", "-S", "-c", BOOT, str(client), handler],
                cwd=package,
                env={**_lambda_environment(package, stage), **environment, "AWS_LAMBDA_RUNTIME_API": self.address},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.server.shutdown()
        self.server.server_close()

    def invoke(self, event: object, *, timeout: float = HANGS) -> Answer:
        self.count += 1
        self.events.put((f"request-{self.count}", json.dumps(event).encode()))
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                return self.answers.get(timeout=0.5)
            except queue.Empty:
                if self.process.poll() is not None:
                    break
        raise AssertionError(f"No answer. The function's log:\n{self.log.read_text()[-4000:]}")

    def cpu_seconds(self) -> float:
        """Processor time that the function's process has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_bytes(self) -> int:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: RuntimeApi) -> None:
        super().__init__(("127.0.0.1", 0), _Requests)
        self.api = api

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a killed function hangs up in the middle of its question
            super().handle_error(request, client_address)


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        pass

    def do_GET(self) -> None:
        self.server.api.ready.set()
        request_id, body = self.server.api.events.get()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", request_id)
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 30_000))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", FUNCTION_ARN)
        self.send_header("Lambda-Runtime-Trace-Id", TRACE_ID)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self._body()
        self.server.api.answers.put(Answer(failed=self.path.endswith("/error"), body=body))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"]))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body


def _lambda_environment(package: Path, stage: str) -> dict[str, str]:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime"""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(package),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": f"darkroom-local-{stage}",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/darkroom-local-{stage}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/23/[$LATEST]0",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
    }


def install_client(directory: Path) -> Path:
    """AWS's runtime client alone, without the virtual environment around it."""
    for name in ("awslambdaric", "simplejson", "snapshot-restore-py"):
        for path, file in sources.files_of(metadata.distribution(name)):
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_bytes(file.read_bytes())
    return directory


def role_environment(aws: Emulator, role: str) -> dict[str, str]:
    """What Lambda puts into a function's environment: the role's keys; and what Zappa adds: our settings."""
    session = boto3.Session(profile_name=role)
    keys = session.get_credentials().get_frozen_credentials()
    ours = {name: value for name, value in os.environ.items() if name.startswith("DARKROOM_")}
    return {
        **ours,
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ENDPOINT_URL_REKOGNITION": os.environ["AWS_ENDPOINT_URL_REKOGNITION"],
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_SESSION_TOKEN": keys.token,
        "NO_PROXY": "127.0.0.1,localhost",
    }
