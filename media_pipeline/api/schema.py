"""What drf-spectacular cannot know by itself of this API's description (OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction

from media_pipeline.api.errors import MEDIA_TYPE, ProblemSchema


class Schema(AutoSchema):
    """Says of every call that its errors are problems."""

    def _get_response_bodies(self, direction: Direction = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        problem = self._get_response_for_code(ProblemSchema, "default", [MEDIA_TYPE])  # type: ignore[no-untyped-call]
        return {**bodies, "default": problem}


class TokenScheme(SimpleJWTScheme):
    target_class = "media_pipeline.api.authentication.TokenAuthentication"
    name = "token"


class InputSchema(OpenApiSerializerExtension):
    """Fields that are not declared are refused, and the schema says so."""

    target_class = "media_pipeline.api.requests.Input"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Any:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # noqa: SLF001 - as documented
        return {**schema, "additionalProperties": False}
