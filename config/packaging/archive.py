"""Write a zip that is the same, byte for byte, whenever it is made of the same files."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

EARLIEST = (1980, 1, 1, 0, 0, 0)  # zip knows no earlier date


@dataclass(frozen=True, slots=True)
class Size:
    zipped: int
    unzipped: int

    def __str__(self) -> str:
        return f"{self.zipped / 1e6:.1f} MB, {self.unzipped / 1e6:.1f} MB unzipped"


def write(files: Mapping[str, Path | bytes], target: Path) -> Size:
    """Put `files` and the bytecode of their modules into `target`, replacing it in one step."""
    with tempfile.TemporaryDirectory(prefix="darkroom-package-") as name:
        tree = Path(name) / "task"
        for path, content in sorted(files.items()):
            place = tree / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                place.write_bytes(content)
            else:
                shutil.copyfile(content, place)
        compile_all(tree)
        finished = Path(name) / "finished.zip"
        size = _zip(tree, finished)
        shutil.move(finished, target)
    return size


def compile_all(tree: Path) -> None:
    """Bytecode that is valid whatever date Lambda gives the source: dated bytecode would all be thrown away.

    https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation. A fresh interpreter, because what is
    interned in this one would show in the bytes.
    """
    command = [sys.executable, "-s", "-S", "-m", "compileall", "-q", "-f", "-j", "1"]
    command += ["--invalidation-mode", "unchecked-hash", "-s", str(tree), "-p", "/var/task", str(tree)]
    # Its status is not looked at: templates of source code end in .py as well, and do not compile.
    subprocess.run(command, check=False, env={"PYTHONHASHSEED": "0"}, stdout=subprocess.DEVNULL)  # noqa: S603


def _zip(tree: Path, target: Path) -> Size:
    unzipped = 0
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(path for path in tree.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(file.relative_to(tree).as_posix(), EARLIEST)
            info.create_system = 3  # Unix, so that the mode below counts
            info.external_attr = (0o755 if ".so" in file.suffixes else 0o644) << 16
            info.compress_type = zipfile.ZIP_STORED if file.suffix == ".gz" else zipfile.ZIP_DEFLATED
            content = file.read_bytes()
            unzipped += len(content)
            archive.writestr(info, content, compresslevel=9)
    return Size(target.stat().st_size, unzipped)
