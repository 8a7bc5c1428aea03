"""The programs that are measured: our worker, Node's sharp and thumbor, each in a process of its own.

sharp and thumbor are installed into a throw-away folder, for the benchmark alone.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SHARP_VERSION = "0.35.5"
THUMBOR_VERSION = "7.8.0"
DYNALITE_VERSION = "4.0.0"
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Result:
    """CPU seconds, peak memory and the size of each output, which lies in `out` under its name."""

    seconds: float
    megabytes: float
    bytes: dict[str, int]
    out: Path = field(repr=False)


class LineWorker:
    """A process that answers a line of JSON with a line of JSON."""

    def __init__(self, command: list[str], **environment: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own worker, or the one that we just installed
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | environment
        )

    def run(self, path: Path, out: Path, recipe: str = "") -> Result:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the worker has no pipes")
        out.mkdir(parents=True, exist_ok=True)
        self._process.stdin.write(json.dumps({"path": str(path), "out": str(out), "recipe": recipe}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker ended at {path.name}; its message is above")
        answer: dict[str, Any] = json.loads(line)
        return Result(answer["seconds"], answer["megabytes"], answer["bytes"], out)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)


def ours() -> LineWorker:
    return LineWorker([sys.executable, "-m", "tests.bench.worker"])


def sharp(folder: Path) -> LineWorker | None:
    """The reference, or None without Node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    home = folder / "sharp"
    home.mkdir(parents=True, exist_ok=True)
    (home / "package.json").write_text("{}")
    if not (home / "node_modules" / "sharp").exists():
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", f"sharp@{SHARP_VERSION}"]
        subprocess.run(command, cwd=home, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return LineWorker([node, str(Path(__file__).with_name("sharp_reference.mjs"))], SHARP=str(home))


class Thumbor:
    """thumbor's server on 127.0.0.1, reading from a folder; its cost is the CPU time of its process."""

    def __init__(self, folder: Path, photos: Path) -> None:
        home = folder / "thumbor"
        if not (home / "bin" / "thumbor").exists():
            venv.create(home, with_pip=True)
            command = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", f"thumbor=={THUMBOR_VERSION}"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        settings = folder / "thumbor.conf"
        settings.write_text(
            "LOADER = 'thumbor.loaders.file_loader'\n"
            f"FILE_LOADER_ROOT_PATH = {str(photos)!r}\n"
            "STORAGE = 'thumbor.storages.no_storage'\nRESULT_STORAGE = None\n"
            "MAX_PIXELS = 200000000\nMAX_SOURCE_SIZE = 0\nQUALITY = 80\n"
        )
        binary = home / "bin" / "thumbor"
        command = [str(binary), "--ip", "127.0.0.1", "--port", str(self._port), "--conf", str(settings)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        self._wait()

    def run(self, name: str, sizes: tuple[int, ...]) -> Result:
        before = self._cpu()
        made = {f"t{size}": len(self._get(f"unsafe/fit-in/{size}x{size}/{name}")) for size in sizes}
        return Result(self._cpu() - before, 0, made, Path())

    def _get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/{path}", timeout=60) as answer:
            content: bytes = answer.read()
            return content

    def _wait(self) -> None:
        for _ in range(100):
            try:
                self._get("healthcheck")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("thumbor did not start")

    def _cpu(self) -> float:
        times = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(times[11]) + int(times[12])) / _CLOCK_TICKS

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
