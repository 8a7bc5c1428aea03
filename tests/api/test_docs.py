"""Swagger UI in a real browser, under the policy that the site sends."""

from __future__ import annotations

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.library.conftest import browser_type_launch_args  # noqa: F401 - the fixture that finds Chromium

# pytest-playwright 0.10 declares its session fixtures as pytest 9 no longer likes
pytestmark = pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods")


def test_the_docs_show_and_try_every_call_without_a_violation_of_the_policy(page: Any, live_server: Any) -> None:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"].values()
    calls = sum(method in {"get", "post", "patch", "delete"} for path in paths for method in path)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/api/v1/docs")
    page.locator(".opblock").first.wait_for()
    assert page.locator(".opblock").count() == calls
    assert complaints == []
    page.locator("#operations-images-list_images .opblock-summary").click()
    page.locator("#operations-images-list_images .try-out__btn").click()
    page.locator("#operations-images-list_images .execute").click()
    answer = page.locator("#operations-images-list_images .live-responses-table tbody .response-col_status").first
    assert "401" in answer.inner_text()
    assert [text for text in complaints if "401" not in text] == []
