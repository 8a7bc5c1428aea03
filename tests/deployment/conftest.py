from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local_aws.emulator import Emulator
from tests.deployment.packages import Packages, packaged
from tests.deployment.runtime_api import RuntimeApi, install_client, role_environment


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that all test processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "deployment"


@pytest.fixture(scope="session")
def package(shared: Path) -> Packages:
    """The zip of a stage."""
    return lambda stage: packaged(stage, shared)


@pytest.fixture(scope="session")
def unpacked(package: Packages, tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """The package of a stage as it lies in /var/task: nobody may write to it."""
    made: dict[str, Path] = {}

    def unpack(stage: str) -> Path:
        if stage not in made:
            made[stage] = tmp_path_factory.mktemp(f"task-{stage}")
            with zipfile.ZipFile(package(stage)) as archive:
                archive.extractall(made[stage])
            for path in made[stage].rglob("*"):
                path.chmod(0o555)
        return made[stage]

    return unpack


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_client(tmp_path_factory.mktemp("client"))


@pytest.fixture(scope="module")
def web(
    aws: Emulator, unpacked: Packages, client: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RuntimeApi]:
    """The packaged web function, running under AWS's runtime client."""
    log = tmp_path_factory.mktemp("web") / "log"
    environment = role_environment(aws, "web")
    with RuntimeApi(unpacked("web"), client=client, environment=environment, log=log, stage="web") as running:
        yield running


@pytest.fixture(scope="module")
def pipeline(
    aws: Emulator, unpacked: Packages, client: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RuntimeApi]:
    """The packaged pipeline function, running under AWS's runtime client."""
    log = tmp_path_factory.mktemp("pipeline") / "log"
    environment = role_environment(aws, "pipeline")
    with RuntimeApi(unpacked("pipeline"), client=client, environment=environment, log=log, stage="pipeline") as running:
        yield running
