from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from media_pipeline.models import Image
from tests.conftest import Cast

METHODS = {"get", "post", "patch", "delete"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    from drf_spectacular.generators import SchemaGenerator

    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def test_the_schema_is_valid_and_made_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=io.StringIO())
    assert capsys.readouterr().err == ""


def test_the_schema_is_open_to_all_and_needs_no_sql() -> None:
    answer = Client().get("/api/v1/schema", headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["openapi"] == "3.1.1"


def test_every_call_says_that_its_errors_are_problems(schema: dict[str, Any]) -> None:
    calls = [call for path in schema["paths"].values() for method, call in path.items() if method in METHODS]
    assert calls
    for call in calls:
        content = call["responses"]["default"]["content"]
        assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def test_an_answer_has_exactly_the_fields_that_the_schema_names(
    schema: dict[str, Any], clients: Cast, photo: Image
) -> None:
    components = schema["components"]["schemas"]
    detail = clients.owner.get(f"/api/v1/images/{photo.image_id}").json()
    assert set(detail) == set(components["ImageDetail"]["required"])
    assert set(detail["metadata"]) == set(components["Metadata"]["required"])
    assert set(detail["renditions"][0]) == set(components["Rendition"]["required"])
    assert set(detail["stages"]["thumbnails"]) == set(components["Stage"]["required"])
    page = clients.owner.get("/api/v1/images").json()
    assert set(page) == set(components["Page"]["required"])


def test_requests_refuse_what_they_do_not_name(schema: dict[str, Any]) -> None:
    for name in ("AnnouncedUploadRequest", "EditRequest", "CredentialsRequest", "RefreshRequest"):
        assert schema["components"]["schemas"][name]["additionalProperties"] is False
