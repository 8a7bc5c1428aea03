"""Your consent to have faces recognised in your library: read, given, revoked."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from media_pipeline.api.authentication import InPerson, reader_of
from media_pipeline.api.openapi.description import extend_schema
from media_pipeline.api.requests import Input, validated
from moderation.services.privacy import consents
from moderation.services.privacy.consents import ConsentState


class GivenConsent(Input):
    version = serializers.ChoiceField(
        choices=[consents.VERSION], help_text="Of the text that was agreed to, as `GET consent` shows it."
    )


class ConsentShape(serializers.Serializer[Any]):
    is_given = serializers.BooleanField()
    given_at = serializers.DateTimeField(allow_null=True)
    version = serializers.CharField(help_text='Of the text that was agreed to; "" without a consent.')
    current_version = serializers.CharField()
    text = serializers.CharField(help_text="What is agreed to, in its current version.")


class ConsentView(APIView):
    permission_classes = [*APIView.permission_classes, InPerson]

    @extend_schema(operation_id="get_consent", tags=["people"], responses=ConsentShape)
    def get(self, request: Request) -> Response:
        """Whether faces are recognised in your library, and what there is to agree to."""
        reader = reader_of(request)
        return _answer(consents.state(reader, reader.id))

    @extend_schema(operation_id="give_consent", tags=["people"], request=GivenConsent, responses=ConsentShape)
    def put(self, request: Request) -> Response:
        """Agree: faces in all your images are measured from now on, which takes a while."""
        validated(GivenConsent, request.data)
        reader = reader_of(request)
        return _answer(consents.give(reader, reader.id))

    @extend_schema(operation_id="revoke_consent", tags=["people"], responses={202: ConsentShape})
    def delete(self, request: Request) -> Response:
        """Revoke it: nothing is measured any more, and all vectors, people and names are erased; the images stay."""
        reader = reader_of(request)
        answer = _answer(consents.revoke(reader, reader.id))
        answer.status_code = 202
        return answer


def _answer(state: ConsentState) -> Response:
    shown = {
        "is_given": state.is_given,
        "given_at": state.given_at,
        "version": state.version,
        "current_version": consents.VERSION,
        "text": consents.TEXT,
    }
    return Response(ConsentShape(shown).data)
