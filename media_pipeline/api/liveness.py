"""Liveness, and what answers at addresses that do not exist."""

from __future__ import annotations

from typing import NoReturn

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from media_pipeline.api.openapi.description import extend_schema


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """The process answers. It touches neither SQL nor AWS: a database that is down is no reason to restart this."""
    return JsonResponse({"status": "ok"})


@extend_schema(exclude=True)
class NowhereView(APIView):
    """Programs get a problem instead of the page that people get."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def initial(self, *_: object, **__: object) -> NoReturn:
        raise Http404
