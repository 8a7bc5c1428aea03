"""Albums through the API: made, named, filled, put in order."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from media_pipeline.albums import albums, places
from media_pipeline.api import responses
from media_pipeline.api.authentication import reader_of
from media_pipeline.api.cursors import Cursors
from media_pipeline.api.listing import Paged
from media_pipeline.api.openapi.description import extend_schema
from media_pipeline.api.repetition import IDEMPOTENCY_KEY, once
from media_pipeline.api.requests import Input, Text, validated
from media_pipeline.images.use_cases import delete_album
from media_pipeline.search.pages import Page


class NewAlbum(Input):
    name = Text(max_length=albums.MAX_NAME_LENGTH)


class AlbumEdit(Input):
    """What is left out stays."""

    name = Text(max_length=albums.MAX_NAME_LENGTH, required=False)
    cover = Text(max_length=26, required=False, help_text="The id of one of its images.")


class Addition(Input):
    image_ids = serializers.ListField(child=Text(max_length=26), min_length=1, max_length=albums.MAX_AT_ONCE)


class Move(Input):
    before = Text(max_length=26, allow_null=True, help_text="The image that is to follow it; null: to the end.")


class Album(serializers.Serializer[Any]):
    album_id = serializers.CharField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    cover = serializers.CharField(allow_null=True, help_text="An image id; null: the first image is as good.")
    size = serializers.IntegerField(help_text="How many images are in it, with those in the trash.")


class Albums(serializers.Serializer[Any]):
    results = Album(many=True)
    next = serializers.URLField(allow_null=True, help_text="Older albums.")


class AlbumImages(serializers.Serializer[Any]):
    results = responses.ImageSummary(many=True)
    next = serializers.URLField(allow_null=True, help_text="What follows in the album's order.")
    previous = serializers.URLField(allow_null=True, help_text="What stands before.")


class Added(serializers.Serializer[Any]):
    added = serializers.ListField(child=serializers.CharField(), help_text="The ids of those that were not in it yet.")


class AlbumsView(APIView):
    @extend_schema(operation_id="list_albums", tags=["albums"], parameters=[Paged], responses=Albums)
    def get(self, request: Request) -> Response:
        """Your albums, newest first."""
        reader = reader_of(request)
        asked = validated(Paged, request.query_params.dict())
        cursors = Cursors(reader, filters="albums")
        after = cursors.read(asked.get("cursor")).after
        found, following = albums.listed(reader, size=asked["page_size"], after=after)
        links = cursors.links(request, Page([], next=following, previous=None))
        return Response(Albums({"results": found, "next": links["next"]}).data)

    @extend_schema(
        operation_id="create_album",
        tags=["albums"],
        parameters=[IDEMPOTENCY_KEY],
        request=NewAlbum,
        responses={201: Album},
    )
    @once()
    def post(self, request: Request) -> Response:
        """Make an album. Photos are put into it afterwards."""
        album = albums.create(reader_of(request), validated(NewAlbum, request.data)["name"])
        return Response(Album(album).data, status=201)


class AlbumView(APIView):
    @extend_schema(operation_id="get_album", tags=["albums"], responses=Album)
    def get(self, request: Request, album_id: str) -> Response:
        """One album. Those of other people answer as if they did not exist."""
        return Response(Album(albums.get(reader_of(request), album_id)).data)

    @extend_schema(operation_id="edit_album", tags=["albums"], request=AlbumEdit, responses=Album)
    def patch(self, request: Request, album_id: str) -> Response:
        """Give it another name or cover."""
        return Response(Album(albums.edit(reader_of(request), album_id, **validated(AlbumEdit, request.data))).data)

    @extend_schema(operation_id="delete_album", tags=["albums"], responses={204: None})
    def delete(self, request: Request, album_id: str) -> Response:
        """The album goes, for good, with the links to it; its images stay where they are."""
        delete_album(reader_of(request), album_id)
        return Response(status=204)


class AlbumImagesView(APIView):
    @extend_schema(operation_id="list_album_images", tags=["albums"], parameters=[Paged], responses=AlbumImages)
    def get(self, request: Request, album_id: str) -> Response:
        """Its images in their order. `GET images?album=` searches among them instead."""
        reader = reader_of(request)
        asked = validated(Paged, request.query_params.dict())
        album = albums.get(reader, album_id)
        cursors = Cursors(reader, filters=f"album|{album_id}")
        place = cursors.read(asked.get("cursor"))
        found = places.contents(album, size=asked["page_size"], after=place.after, before=place.before)
        links = cursors.links(request, Page([], next=found.next, previous=found.previous))
        return Response(AlbumImages({"results": found.images, **links}, context={"reader": reader}).data)

    @extend_schema(operation_id="add_album_images", tags=["albums"], request=Addition, responses=Added)
    def post(self, request: Request, album_id: str) -> Response:
        """Append images of yours; those that are in it already stay where they are."""
        image_ids = validated(Addition, request.data)["image_ids"]
        return Response({"added": albums.add(reader_of(request), album_id, image_ids)})


class AlbumImageView(APIView):
    @extend_schema(operation_id="move_album_image", tags=["albums"], request=Move, responses={204: None})
    def patch(self, request: Request, album_id: str, image_id: str) -> Response:
        """Put an image right before another one, or at the end."""
        albums.move(reader_of(request), album_id, image_id, before=validated(Move, request.data)["before"])
        return Response(status=204)

    @extend_schema(operation_id="remove_album_image", tags=["albums"], responses={204: None})
    def delete(self, request: Request, album_id: str, image_id: str) -> Response:
        """Take an image out of the album; it stays in the library."""
        albums.remove(reader_of(request), album_id, [image_id])
        return Response(status=204)
