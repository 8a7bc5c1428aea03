"""Links to images and albums through the API: made, listed, revoked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from media_pipeline.albums import links
from media_pipeline.api.authentication import reader_of
from media_pipeline.api.openapi.description import extend_schema
from media_pipeline.api.repetition import IDEMPOTENCY_KEY, once
from media_pipeline.api.requests import Input, Text, validated


class NewShare(Input):
    """One of `image_id` and `album_id`."""

    image_id = Text(max_length=26, required=False)
    album_id = Text(max_length=26, required=False)
    days = serializers.ChoiceField(choices=links.DAYS, default=links.DEFAULT_DAYS)
    shown = serializers.ListField(
        child=serializers.ChoiceField(choices=links.SHOWN),
        default=list(links.DEFAULT_SHOWN),
        help_text="What guests read besides the picture.",
    )
    may_download = serializers.BooleanField(default=False, help_text="The JPEG in full size; never the original.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("image_id" in attrs) == ("album_id" in attrs):
            raise serializers.ValidationError("Give either `image_id` or `album_id`.")
        return attrs


class Share(serializers.Serializer[links.Share]):
    share_id = serializers.CharField()
    image_id = serializers.CharField(allow_null=True)
    album_id = serializers.CharField(allow_null=True)
    expires_at = serializers.SerializerMethodField()
    shown = serializers.SerializerMethodField()
    may_download = serializers.BooleanField()

    @extend_schema_field(serializers.DateTimeField())
    def get_expires_at(self, share: links.Share) -> str:
        return dt.datetime.fromtimestamp(share.expires_at, dt.UTC).isoformat().replace("+00:00", "Z")

    def get_shown(self, share: links.Share) -> list[str]:
        return [name for name in links.SHOWN if name in share.shows]


class MadeShare(Share):
    url = serializers.SerializerMethodField(
        help_text="The link itself. It is answered here, to this call, and never again."
    )

    @extend_schema_field(serializers.URLField())
    def get_url(self, share: links.Share) -> str:  # noqa: ARG002 - the token is not in it
        url: str = self.context["url"]
        return url


class Shares(serializers.Serializer[Any]):
    results = Share(many=True)


def _made(request: Request, share: links.Share, token: str) -> dict[str, Any]:
    url = reverse("shared", args=[token], request=request)
    return dict(MadeShare(share, context={"url": url}).data)


def _made_before(request: Request, share_id: str) -> dict[str, Any]:
    share, token = links.made_by(reader_of(request), request.headers["Idempotency-Key"], share_id)
    return _made(request, share, token)


class SharesView(APIView):
    @extend_schema(operation_id="list_shares", tags=["albums"], responses=Shares)
    def get(self, request: Request) -> Response:
        """Your links that work now, newest first; 100 at most."""
        validated(Input, request.query_params.dict())
        return Response(Shares({"results": links.listed(reader_of(request))}).data)

    @extend_schema(
        operation_id="create_share",
        tags=["albums"],
        parameters=[IDEMPOTENCY_KEY],
        request=NewShare,
        responses={201: MadeShare},
    )
    @once(renewed=_made_before, by="share_id")
    def post(self, request: Request) -> Response:
        """Make a link that shows an image or an album to whoever has it, until it expires or you revoke it.

        Guests see what is ready and open to everybody at the time they look.
        """
        asked = validated(NewShare, request.data)
        terms = links.Terms(days=asked["days"], shown=tuple(asked["shown"]), may_download=asked["may_download"])
        reader, call = reader_of(request), request.headers.get("Idempotency-Key", "")
        if "image_id" in asked:
            share, token = links.share_image(reader, asked["image_id"], terms, call=call)
        else:
            share, token = links.share_album(reader, asked["album_id"], terms, call=call)
        return Response(_made(request, share, token), status=201)


class ShareView(APIView):
    @extend_schema(operation_id="revoke_share", tags=["albums"], responses={204: None})
    def delete(self, request: Request, share_id: str) -> Response:
        """The link leads nowhere from now on."""
        links.revoke(reader_of(request), share_id)
        return Response(status=204)
