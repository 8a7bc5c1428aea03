"""Where the files of a package come from: the project, and the distributions that its requirements pin."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from media_pipeline.errors import ConfigurationError

PROJECT = Path(__file__).parents[2]
REQUIREMENTS = PROJECT / "requirements.txt"
WITH_FIRST_LOOK = PROJECT / "requirements-first-look.txt"
OUR_CODE = ("config", "media_pipeline", "moderation", "templates")

# Lambda's Python 3.11 runs on Amazon Linux 2, later ones on Amazon Linux 2023.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-supported
GLIBC = {"python3.11": (2, 26), "python3.12": (2, 34), "python3.13": (2, 34)}
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
LEGACY_TAGS = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}


@dataclass(frozen=True, slots=True)
class Pin:
    name: str
    version: str


def pins(requirements: Path = REQUIREMENTS) -> list[Pin]:
    """Every `name==version`, those that others pull in included, and those of the files it names with -r."""
    text = requirements.read_text()
    included = re.findall(r"^-r (\S+)", text, re.MULTILINE)
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s#]+)", text, re.MULTILINE)
    inherited = [pin for name in included for pin in pins(requirements.with_name(name))]
    return [*inherited, *(Pin(name, version) for name, version in found)]


def distributions(
    pinned: Iterable[Pin], *, runtime: str, architecture: str, requirements: Path = REQUIREMENTS
) -> Iterator[metadata.Distribution]:
    """Each pinned distribution, built for that runtime: the installed one if it fits, else one that pip fetches."""
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if runtime != here:
        raise ConfigurationError(
            f"`runtime` is {runtime}, but {here} packages it. Bytecode and wheels fit one version of Python only: "
            f'take "runtime" out of zappa_settings.json, or run `make clean` and `make deploy PYTHON={runtime}`.'
        )
    if sys.platform == "linux" and platform.machine() == MACHINES[architecture]:
        path = sys.path
    else:
        path = [str(fetched(runtime, architecture, requirements))]
    for pin in pinned:
        yield _distribution(pin, path)


def _distribution(pin: Pin, path: list[str]) -> metadata.Distribution:
    found = next(iter(metadata.distributions(name=pin.name, path=path)), None)
    if found is None or found.version != pin.version:
        there = f"{found.version} is installed" if found else "it is not installed"
        raise ConfigurationError(
            f"The requirements pin {pin.name} {pin.version}, but {there}. "
            "Run `.venv/bin/pip install -r requirements.txt`; with the first look on, -r requirements-first-look.txt."
        )
    return found


def fetched(runtime: str, architecture: str, requirements: Path) -> Path:
    """A directory of wheels for another machine, kept under .local for as long as the pins stay the same."""
    directory = PROJECT / ".local" / "packages" / f"{runtime}-{architecture}"
    stamp = directory / "requirements.txt"
    wanted = "".join(f"{pin.name}=={pin.version}\n" for pin in pins(requirements))
    if stamp.exists() and stamp.read_text() == wanted:
        return directory
    most = GLIBC[runtime][1]
    platforms = [f"manylinux_2_{minor}_{MACHINES[architecture]}" for minor in range(most, 16, -1)]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version", runtime.removeprefix("python"), "--target", str(directory)]
    for tag in [*platforms, f"manylinux2014_{MACHINES[architecture]}"]:
        command += ["--platform", tag]
    try:
        subprocess.run([*command, "-r", str(requirements)], check=True)  # noqa: S603 - our own interpreter
    except subprocess.CalledProcessError as error:
        raise ConfigurationError(
            f"pip finds no wheels of everything in {requirements.name} for {runtime} on {architecture}; see above."
        ) from error
    stamp.write_text(wanted)
    return directory


def files_of(distribution: metadata.Distribution) -> Iterator[tuple[str, Path]]:
    """(name in the package, where it lies) of what a distribution installed beside its scripts."""
    for file in distribution.files or []:
        name = file.as_posix()
        if not name.startswith("../"):
            yield name, Path(str(file.locate()))


def files_of_ours() -> Iterator[tuple[str, Path]]:
    for top in OUR_CODE:
        for file in (PROJECT / top).rglob("*"):
            if file.is_file():
                yield file.relative_to(PROJECT).as_posix(), file


def needs_newer_glibc(distribution: metadata.Distribution, runtime: str) -> bool:
    """Whether no tag of its wheel promises to load on the C library of that runtime."""
    tags = re.findall(r"^Tag: \S+-(\S+)$", distribution.read_text("WHEEL") or "", re.MULTILINE)
    return bool(tags) and not any(_glibc(tag) <= GLIBC[runtime] for tag in tags)


def _glibc(tag: str) -> tuple[int, int]:
    """The oldest C library that a platform tag asks for. https://peps.python.org/pep-0600/"""
    if tag == "any":
        return (0, 0)
    if match := re.match(r"manylinux_(\d+)_(\d+)_", tag):
        return (int(match[1]), int(match[2]))
    return LEGACY_TAGS.get(tag.partition("_")[0], (99, 0))


def too_new(runtime: str) -> list[str]:
    """Which of the installed wheels that ship would not load on Lambda."""
    installed = [next(iter(metadata.distributions(name=pin.name)), None) for pin in pins()]
    return [found.name for found in installed if found and needs_newer_glibc(found, runtime)]
