from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from media_pipeline.api.openapi import examples
from media_pipeline.record.models import Image
from tests.support.people import Cast


def calls(schema: dict[str, Any]) -> list[dict[str, Any]]:
    found = [path[method] for path in schema["paths"].values() for method in examples.METHODS if method in path]
    assert found
    return found


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
    for call in calls(schema):
        for code in ("429", "default"):
            content = call["responses"][code]["content"]
            assert set(content) == {"application/problem+json"}
            assert content["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_every_answer_says_what_is_left_of_the_limits(schema: dict[str, Any]) -> None:
    for call in calls(schema):
        for answer in call["responses"].values():
            assert {"RateLimit", "RateLimit-Policy"} <= answer["headers"].keys()
        assert "Retry-After" in call["responses"]["429"]["headers"]


def test_every_call_but_signing_in_takes_credentials(schema: dict[str, Any]) -> None:
    """A token, a key or a session."""
    assert set(schema["components"]["securitySchemes"]) == {"token", "key", "cookieAuth"}
    for path, methods in schema["paths"].items():
        for method, call in methods.items():
            scopes = ["images:read"] if method == "get" or path.endswith("/search/face") else ["images:write"]
            ways = [{"token": []}, {"key": scopes}, {"cookieAuth": []}]
            assert call["security"] == ([{}] if "/auth/" in path else ways)


def test_every_body_has_an_example_of_its_shape(schema: dict[str, Any]) -> None:
    contents = list(examples.bodies(schema))
    assert contents
    for content in contents:
        shape = {**content["schema"], "components": schema["components"]}
        shown = (
            [content["example"]] if "example" in content else [each["value"] for each in content["examples"].values()]
        )
        for value in shown:
            Draft202012Validator(shape, format_checker=FormatChecker()).validate(value)


def test_every_call_with_a_body_says_which(schema: dict[str, Any]) -> None:
    for call in calls(schema):
        successes = [answer for code, answer in call["responses"].items() if code.startswith("2")]
        assert all(answer["description"] or answer["content"] for answer in successes)
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", call["operationId"])
        assert call["description"]
        assert call["tags"]


def test_examples_are_made_of_words_and_not_of_their_types(schema: dict[str, Any]) -> None:
    example = schema["paths"]["/api/v1/images/{image_id}"]["get"]["responses"]["200"]["content"]["application/json"]
    image = example["example"]
    assert image["filename"] == "dawn.jpg"
    assert image["renditions"][0]["name"] == "large"
    assert image["metadata"]["gps"] == {"latitude": 47.37, "longitude": 8.54}


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
