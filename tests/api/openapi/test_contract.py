"""Schemathesis makes up requests from the schema, right and wrong ones, and holds the answers against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from config.wsgi import application
from media_pipeline.access import api_keys
from media_pipeline.access.api_keys import Scope
from media_pipeline.api import throttling
from media_pipeline.record.models import Image
from tests.support.people import Cast

schema = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
# Every request is one of the same account's: what one of them deleted, the next may find gone.
quiet = settings(deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CALLS", "ANONYMOUS"):
        limit = getattr(throttling, name)
        monkeypatch.setattr(throttling, name, replace(limit, burst=100_000, per_day=None))


@pytest.fixture
def key(cast: Cast, aws: object) -> str:
    return api_keys.make(owner=cast.owner.pk, name="Contract", scopes=Scope, days=1, made_by="lead")[1]


@pytest.fixture
def announced(announce: Callable[..., Image]) -> Image:
    """So that no list is empty."""
    return announce()


def keep_to_the_schema(case: Case, key: str, image: Callable[[], Image]) -> None:
    if len(case.path_parameters.get("image_id", "")) % 2:
        case.path_parameters["image_id"] = image().image_id
    # Made-up cookies and tokens beside a good key would pass for invalid ones that were let in.
    case.cookies.clear()
    case.headers.pop("Authorization", None)
    case.call_and_validate(
        headers={"X-API-Key": key},
        excluded_checks=[positive_data_acceptance],  # no schema says which cursors and ETags there are
    )


@schema.parametrize()
@settings(quiet, max_examples=3, phases=[Phase.explicit, Phase.generate])
def test_the_api_keeps_to_its_schema(
    case: Case, key: str, announce: Callable[..., Image], announced: Image, without_limits: None
) -> None:
    keep_to_the_schema(case, key, announce)


@pytest.mark.slow
@schema.parametrize()
@settings(quiet, max_examples=100)
def test_the_api_keeps_to_its_schema_whatever_comes(case: Case, key: str, photo: Image, without_limits: None) -> None:
    keep_to_the_schema(case, key, lambda: photo)
