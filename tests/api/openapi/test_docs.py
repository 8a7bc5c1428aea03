"""Swagger UI in a real browser, under the policy that the site sends."""

from __future__ import annotations

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from media_pipeline.access import api_keys
from media_pipeline.access.api_keys import Scope
from media_pipeline.api.openapi.examples import METHODS
from tests.support.people import Cast

# pytest-playwright 0.10 declares its session fixtures as pytest 9 no longer likes
pytestmark = pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods")


def list_images(page: Any) -> str:
    """The status that trying the call gets."""
    call = page.locator("#operations-images-list_images")
    call.locator(".execute").click()
    answer = call.locator(".live-responses-table tbody .response-col_status").first
    return str(answer.inner_text())


def test_the_docs_show_and_try_every_call(page: Any, live_server: Any, cast: Cast, aws: object) -> None:
    """Nothing violates the Content-Security-Policy."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"].values()
    calls = sum(method in METHODS for path in paths for method in path)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/api/v1/docs")
    page.locator(".opblock").first.wait_for()
    assert page.locator(".opblock").count() == calls
    assert complaints == []

    page.locator("#operations-images-list_images .opblock-summary").click()
    page.locator("#operations-images-list_images .try-out__btn").click()
    assert "401" in list_images(page)
    page.locator("#operations-images-list_images .btn-clear").click()

    _, text = api_keys.make(owner=cast.owner.pk, name="Docs", scopes=Scope, days=1, made_by="lead")
    page.locator(".btn.authorize").first.click()
    way = page.locator(".auth-container", has_text="X-API-Key")
    way.locator("input").fill(text)
    way.locator(".btn.authorize").click()
    page.locator(".auth-container .btn-done").first.click()
    assert "200" in list_images(page)
    assert [complaint for complaint in complaints if "401" not in complaint] == []


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_docs_are_dark_where_everything_is(page: Any, live_server: Any, scheme: str, is_dark: bool) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/api/v1/docs")
    assert page.locator("html.dark-mode").count() == int(is_dark)
    page.emulate_media(color_scheme="light")
    page.locator("html:not(.dark-mode)").wait_for(state="attached")
