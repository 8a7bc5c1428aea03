"""Schemathesis makes up requests from the schema, right and wrong ones, and holds the answers against it."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from rest_framework_simplejwt.tokens import AccessToken
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from config.wsgi import application
from media_pipeline.models import Image
from tests.conftest import Cast

schema = schemathesis.openapi.from_wsgi("/api/v1/schema", application)


@pytest.mark.slow
@schema.parametrize()
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_the_api_keeps_to_its_schema(case: Case, clients: Cast, cast: Cast, photo: Image) -> None:
    if len(case.path_parameters.get("image_id", "")) % 2:
        case.path_parameters["image_id"] = photo.image_id
    case.call_and_validate(
        headers={"Authorization": f"Bearer {AccessToken.for_user(cast.owner)}"},
        excluded_checks=[positive_data_acceptance],  # no schema says which cursors and ETags there are
    )
