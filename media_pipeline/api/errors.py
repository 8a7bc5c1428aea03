"""Every error as problem+json, in one place. https://www.rfc-editor.org/rfc/rfc9457"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.encoding import escape_uri_path
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from media_pipeline.errors import BusyKeyError, DarkroomError, InvalidRequestError, TooManyRequestsError
from media_pipeline.telemetry import logger

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
MAX_DETAIL_LENGTH = 1000


class PreconditionFailed(exceptions.APIException):
    """The image is not at the revision that If-Match named."""

    status_code = 412
    default_code = "precondition_failed"


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field; nested ones are written `tags.3`."""

    field: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    status: int
    code: str
    detail: str
    errors: list[FieldError] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


UNFORESEEN = Problem(500, "error", "Something went wrong on our side. It has been logged.")


@extend_schema_serializer(component_name="FieldError")
class FieldErrorSchema(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


@extend_schema_serializer(component_name="Problem")
class ProblemSchema(serializers.Serializer[Any]):
    """What every error looks like."""

    type = serializers.CharField(help_text="Always `about:blank`; `code` tells problems apart.")
    title = serializers.CharField(help_text="The status in words.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What happened and what to do, for people.")
    instance = serializers.CharField(help_text="The path that was asked for.")
    code = serializers.CharField(help_text="For programs.")
    errors = FieldErrorSchema(  # type: ignore[assignment] # `errors` is also what DRF calls failed validation
        many=True, help_text="The fields at fault; empty when it is none of them."
    )


def problem_response(error: Exception, context: dict[str, Any]) -> Response:
    """The answer to any exception that a view let out; what nobody foresaw is logged and told nothing of."""
    set_rollback()
    problem = _problem(error)
    if problem.status >= 500:
        logger.error("request failed", path=context["request"].path, status=problem.status, exc_info=error)
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": _encodable(problem.detail),
        "instance": escape_uri_path(context["request"].path),
        "code": problem.code,
        "errors": [{name: _encodable(text) for name, text in asdict(entry).items()} for entry in problem.errors],
    }
    return Response(body, status=problem.status, headers=problem.headers, content_type=MEDIA_TYPE)


def _encodable(text: str) -> str:
    """Messages quote what was sent, and JSON can spell half a surrogate pair, which UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()


def _problem(error: Exception) -> Problem:
    match error:
        case DarkroomError():
            problem = _of_ours(error)
        case exceptions.ValidationError():
            problem = _of_validation(error)
        case exceptions.APIException():
            problem = _of_drf(error)
        case Http404():
            problem = Problem(404, "not_found", "There is nothing at this address.")
        case PermissionDenied():
            problem = Problem(403, "permission_denied", "You are not allowed to do this.")
        case OperationalError() | InterfaceError():
            problem = _temporary("Accounts cannot be looked up at the moment. Try again soon.")
        case _:
            problem = UNFORESEEN
    return problem


def _of_ours(error: DarkroomError) -> Problem:
    if error.status == 503:
        return _temporary(str(error))
    if error.status == 500:
        return UNFORESEEN
    named = error.field if isinstance(error, InvalidRequestError) else ""
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, TooManyRequestsError | BusyKeyError) else {}
    fields = [FieldError(named, error.code, str(error))] if named else []
    return Problem(error.status, error.code, str(error), fields, headers)


def _temporary(detail: str) -> Problem:
    return Problem(503, "temporary", detail, headers={"Retry-After": str(RETRY_SECONDS)})


def _of_validation(error: exceptions.ValidationError) -> Problem:
    errors = list(field_errors(error.detail))
    detail = " ".join(f"{entry.field}: {entry.detail}" if entry.field else entry.detail for entry in errors)
    return Problem(400, "invalid", detail[:MAX_DETAIL_LENGTH], errors)


def field_errors(detail: Any, name: str = "") -> Iterator[FieldError]:
    """DRF nests its messages as the fields are nested; here they become one list."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            own = "" if key == "non_field_errors" else str(key)
            yield from field_errors(inner, ".".join(filter(None, [name, own])))
    elif isinstance(detail, list):
        for inner in detail:
            yield from field_errors(inner, name)
    else:
        yield FieldError(name, str(getattr(detail, "code", "invalid")), str(detail))


def _of_drf(error: exceptions.APIException) -> Problem:
    headers: dict[str, str] = {}
    if authenticate := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = authenticate
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    code = getattr(error.detail, "code", error.default_code)
    return Problem(error.status_code, str(code), str(error.detail), headers=headers)
