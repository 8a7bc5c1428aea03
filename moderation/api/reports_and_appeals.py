"""Reports on images, appeals against decisions, and the reasons an owner was given."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from media_pipeline.api.authentication import reader_of
from media_pipeline.api.openapi.description import extend_schema
from media_pipeline.api.repetition import IDEMPOTENCY_KEY, once
from media_pipeline.api.requests import Input, Text, validated
from moderation.services.cases import reports_and_appeals, statements


class Reason(Input):
    reason = Text(max_length=reports_and_appeals.MAX_LENGTH, help_text="In the person's own words.")


class Heard(serializers.Serializer[Any]):
    image_id = serializers.CharField()


class Statement(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="`reasons`, or `retraction` of an earlier statement.")
    sent_at = serializers.DateTimeField()
    body = serializers.DictField(help_text="All that article 17(3) of the Digital Services Act asks for.")


IS_HEARD: dict[str, Any] = {
    "tags": ["images"],
    "parameters": [IDEMPOTENCY_KEY],
    "request": Reason,
    "responses": {202: Heard},
}


class ReportView(APIView):
    @extend_schema(operation_id="report_image", **IS_HEARD)
    @once()
    def post(self, request: Request, image_id: str) -> Response:
        """Say that an image is not all right: a moderator will look. The answer is the same for every id."""
        reports_and_appeals.report(reader_of(request), image_id, validated(Reason, request.data)["reason"])
        return Response({"image_id": image_id}, status=202)


class AppealView(APIView):
    @extend_schema(operation_id="appeal_decision", **IS_HEARD)
    @once()
    def post(self, request: Request, image_id: str) -> Response:
        """Object to a decision against your image, once within six months; somebody else decides then."""
        reports_and_appeals.appeal(reader_of(request), image_id, validated(Reason, request.data)["reason"])
        return Response({"image_id": image_id}, status=202)


class StatementsView(APIView):
    @extend_schema(operation_id="list_statements", tags=["images"], responses=Statement(many=True))
    def get(self, request: Request, image_id: str) -> Response:
        """Why your image was removed or restricted: what was sent to you, newest first."""
        return Response(Statement(statements.sent_to(reader_of(request), image_id), many=True).data)
