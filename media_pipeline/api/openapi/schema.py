"""What drf-spectacular cannot know by itself of this API's description (OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiExample, OpenApiResponse
from rest_framework.permissions import SAFE_METHODS

from media_pipeline.access.api_keys import Scope
from media_pipeline.api.errors import MEDIA_TYPE, ProblemSchema

SECONDS = {"type": "integer", "minimum": 0}
# https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
RATE_LIMIT = {
    "RateLimit": {
        "schema": {"type": "string"},
        "description": "What is left: `r` calls, all of them again in `t` seconds.",
        "example": '"burst";r=99;t=1, "day";r=9974;t=51203',
    },
    "RateLimit-Policy": {
        "schema": {"type": "string"},
        "description": "What there is: `q` calls in `w` seconds.",
        "example": '"burst";q=100;w=2, "day";q=10000;w=86400',
    },
}
RETRY_AFTER = {"Retry-After": {"schema": SECONDS, "description": "Seconds to wait."}}
TOO_MANY = {
    "type": "about:blank",
    "title": "Too Many Requests",
    "status": 429,
    "detail": "This is faster than 50 calls a second. Try again in 1 s.",
    "instance": "/api/v1/images",
    "code": "throttled",
    "errors": [],
}
PROBLEMS = {
    "429": OpenApiResponse(
        ProblemSchema,
        "Too many calls. Wait as long as `Retry-After` says.",
        [OpenApiExample("throttled", TOO_MANY, media_type=MEDIA_TYPE, status_codes=["429"])],
    ),
    "default": OpenApiResponse(ProblemSchema, "Any other problem; `code` tells which."),
}


class Schema(AutoSchema):
    """Says of every call that its errors are problems, and that it is counted."""

    def _get_response_bodies(self, direction: Direction = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for code, problem in PROBLEMS.items():
            bodies[code] = self._get_response_for_code(problem, code, [MEDIA_TYPE])  # type: ignore[no-untyped-call]
        return bodies

    def _get_response_headers_for_code(self, status_code: str, direction: Direction = "response") -> Any:
        headers = super()._get_response_headers_for_code(status_code, direction)
        return {**headers, **RATE_LIMIT, **(RETRY_AFTER if status_code in PROBLEMS else {})}


class TokenScheme(SimpleJWTScheme):
    target_class = "media_pipeline.api.authentication.TokenAuthentication"
    name = "token"


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "media_pipeline.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> Any:  # noqa: ARG002
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-API-Key",
            "description": "For services. A lead makes it in the console, with scopes and an end.",
        }

    def get_security_requirement(self, auto_schema: AutoSchema) -> Any:
        only_reads = auto_schema.method in SAFE_METHODS or getattr(auto_schema.view, "only_reads", False)
        return {self.name: [Scope.READ if only_reads else Scope.WRITE]}


class InputSchema(OpenApiSerializerExtension):
    """Fields that are not declared are refused, and the schema says so."""

    target_class = "media_pipeline.api.requests.Input"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Any:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # noqa: SLF001 - as documented
        return {**schema, "additionalProperties": False}
