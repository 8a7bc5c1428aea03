"""Faces: listed, named, corrected; and somebody found by their face.

Calls that answer with names take no Idempotency-Key: their answers would be kept, and names are not to be.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from media_pipeline.api import responses
from media_pipeline.api.authentication import reader_of
from media_pipeline.api.openapi.description import extend_schema
from media_pipeline.api.repetition import IDEMPOTENCY_KEY, once
from media_pipeline.api.requests import Input, Text, validated
from media_pipeline.boxes import Box
from moderation.models import Face
from moderation.models.faces import MAX_NAME_LENGTH
from moderation.services.people import boxes, naming, selfies

STATES = [str(state.value) for state in Face.State]
MAX_PAGE_SIZE = 200


class FaceBox(Input):
    """Fractions of the upright image's width and height."""

    left = serializers.FloatField(min_value=0, max_value=1)
    top = serializers.FloatField(min_value=0, max_value=1)
    width = serializers.FloatField(min_value=0, max_value=1)
    height = serializers.FloatField(min_value=0, max_value=1)


class BoxedFace(Input):
    bounding_box = FaceBox()


class NamedFace(Input):
    """One of both: a person by id, or a name, which makes a new person when nobody has it."""

    person_id = Text(max_length=26, required=False)
    name = Text(max_length=MAX_NAME_LENGTH, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError({"name": "Give `person_id` or `name`, one of them."})
        return attrs


class NotThisPerson(Input):
    person_id = Text(max_length=26)


class FaceListing(Input):
    after = Text(max_length=40, required=False, help_text="The last face of the page before: its `next`.")
    page_size = serializers.IntegerField(min_value=1, max_value=MAX_PAGE_SIZE, default=60)


class Selfie(serializers.Serializer[Any]):
    file = serializers.FileField(max_length=1024, help_text="JPEG or PNG, up to 4 MB. It is not stored.")


class TaggedFace(serializers.Serializer[Any]):
    face_id = serializers.CharField()
    image_id = serializers.CharField()
    bounding_box = serializers.SerializerMethodField()
    confidence = serializers.FloatField()
    state = serializers.ChoiceField(choices=STATES)
    person_id = serializers.CharField(allow_null=True)
    person = serializers.SerializerMethodField()
    is_automatic = serializers.BooleanField(help_text="The machine named it, and nobody has confirmed that.")

    @extend_schema_field(responses.BoundingBox)
    def get_bounding_box(self, face: Face) -> dict[str, float]:
        return {"left": face.left, "top": face.top, "width": face.width, "height": face.height}

    def get_person(self, face: Face) -> str | None:
        return face.person.name if face.person else None


class FacePage(serializers.Serializer[Any]):
    results = TaggedFace(many=True)
    next = serializers.CharField(allow_null=True, help_text="What `after` takes for the page that follows.")


class PersonLike(serializers.Serializer[Any]):
    person_id = serializers.CharField()
    name = serializers.CharField()
    similarity = serializers.FloatField(help_text="0 to 100.")


class FoundByFace(serializers.Serializer[Any]):
    people = PersonLike(many=True)
    image_ids = serializers.ListField(
        child=serializers.CharField(), help_text="Images with a face like it, newest first."
    )


class ImageFacesView(APIView):
    @extend_schema(operation_id="list_faces_of_image", tags=["faces"], responses=TaggedFace(many=True))
    def get(self, request: Request, image_id: str) -> Response:
        """The faces in one of your images, and whose they are."""
        return Response(TaggedFace(naming.of_image(reader_of(request), image_id), many=True).data)

    @extend_schema(
        operation_id="add_face",
        tags=["faces"],
        parameters=[IDEMPOTENCY_KEY],
        request=BoxedFace,
        responses={201: TaggedFace},
    )
    @once()
    def post(self, request: Request, image_id: str) -> Response:
        """A face that was overlooked. It can be named like the others, and is recognised where that is agreed to."""
        face, _ = boxes.add(reader_of(request), image_id, _box(request))
        return Response(TaggedFace(face).data, status=201)


class UnidentifiedFacesView(APIView):
    @extend_schema(operation_id="list_unidentified_faces", tags=["faces"], parameters=[FaceListing], responses=FacePage)
    def get(self, request: Request) -> Response:
        """Faces without a name, those of the newest images first."""
        reader, asked = reader_of(request), validated(FaceListing, request.query_params.dict())
        return page(
            naming.unidentified(reader, reader.id, after=asked.get("after", ""), size=asked["page_size"]), asked
        )


class FaceView(APIView):
    @extend_schema(operation_id="move_face", tags=["faces"], request=BoxedFace, responses=TaggedFace)
    def patch(self, request: Request, face_id: str) -> Response:
        """Correct where a face is."""
        boxes.move(reader_of(request), face_id, _box(request))
        return _face(request, face_id)

    @extend_schema(operation_id="remove_face", tags=["faces"], responses={204: None})
    def delete(self, request: Request, face_id: str) -> Response:
        """This is not a face."""
        boxes.remove(reader_of(request), face_id)
        return Response(status=204)


class AssignView(APIView):
    @extend_schema(
        operation_id="assign_face",
        tags=["faces"],
        request=NamedFace,
        responses=TaggedFace,
    )
    def post(self, request: Request, face_id: str) -> Response:
        """Say whose face it is. A name that several people have is refused with 409: choose one by id."""
        naming.name(reader_of(request), face_id, **validated(NamedFace, request.data))
        return _face(request, face_id)


class RejectView(APIView):
    @extend_schema(
        operation_id="reject_face",
        tags=["faces"],
        request=NotThisPerson,
        responses=TaggedFace,
    )
    def post(self, request: Request, face_id: str) -> Response:
        """Say that it is not that person, who is never suggested for it again."""
        naming.reject(reader_of(request), face_id, validated(NotThisPerson, request.data)["person_id"])
        return _face(request, face_id)


class SelfieView(APIView):
    parser_classes = [MultiPartParser]
    only_reads = True

    @extend_schema(operation_id="search_by_face", tags=["faces"], request=Selfie, responses=FoundByFace)
    def post(self, request: Request) -> Response:
        """Find somebody in your images by a picture of their face: the largest one in it. Nothing is stored.

        409 while you have not agreed to faces being recognised.
        """
        form = Selfie(data=request.data)
        form.is_valid(raise_exception=True)
        found = selfies.find(reader_of(request), form.validated_data["file"].read(selfies.MAX_BYTES + 1))
        people = [
            {"person_id": person.pk, "name": person.name, "similarity": round(similarity, 2)}
            for person, similarity in found.people
        ]
        return Response(FoundByFace({"people": people, "image_ids": found.image_ids}).data)


def page(found: list[Face], asked: dict[str, Any]) -> Response:
    """A page of faces; when it is full, there may be more."""
    following = found[-1].pk if len(found) == asked["page_size"] else None
    return Response(FacePage({"results": found, "next": following}).data)


def _face(request: Request, face_id: str) -> Response:
    return Response(TaggedFace(naming.task(reader_of(request), face_id).face).data)


def _box(request: Request) -> Box:
    return Box(**validated(BoxedFace, request.data)["bounding_box"])
