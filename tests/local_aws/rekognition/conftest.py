from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.local_aws.rekognition.serving import serving
from tests.local_aws.rekognition.stubs import Findings, models


@pytest.fixture
def findings() -> Findings:
    return Findings()


@pytest.fixture
def rekognition(tmp_path: Path, findings: Findings) -> Iterator[Any]:
    """A client of the server with stubs for models."""
    with serving(tmp_path, models(findings), settling_seconds=0.0) as client:
        yield client


@pytest.fixture
def library(rekognition: Any) -> Any:
    """The client, with an empty collection called library."""
    rekognition.create_collection(CollectionId="library")
    return rekognition
