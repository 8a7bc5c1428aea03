"""People of your library: listed, made, renamed, merged, forgotten."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from media_pipeline.api.authentication import reader_of
from media_pipeline.api.openapi.description import extend_schema
from media_pipeline.api.requests import Input, Text, validated
from moderation.api.faces import FaceListing, FacePage, page
from moderation.models import Person
from moderation.models.faces import MAX_NAME_LENGTH
from moderation.services.people import naming, people
from moderation.services.people.people import PersonCard
from moderation.services.privacy import jobs

MAX_PAGE_SIZE = 500


class PersonListing(Input):
    q = Text(max_length=MAX_NAME_LENGTH, required=False, help_text="What the name, or a word of it, begins with.")
    hidden = serializers.BooleanField(default=False, help_text="Those you have hidden, instead of the others.")
    start = serializers.IntegerField(min_value=0, max_value=1_000_000, default=0)
    page_size = serializers.IntegerField(min_value=1, max_value=MAX_PAGE_SIZE, default=100)


class NewPerson(Input):
    name = Text(max_length=MAX_NAME_LENGTH, help_text="In any script. Two people may have the same.")


class EditedPerson(Input):
    name = Text(max_length=MAX_NAME_LENGTH, required=False)
    is_hidden = serializers.BooleanField(required=False)
    feature = Text(max_length=40, required=False, help_text="The face to show them by, one of theirs.")


class MergedPerson(Input):
    into = Text(max_length=26, help_text="Whose name stays.")


class PersonShape(serializers.Serializer[Any]):
    """`vector` tells whether recognition knows them: none, updating, or ready."""

    person_id = serializers.CharField(source="pk")
    name = serializers.CharField()
    faces = serializers.IntegerField(source="face_count")
    feature = serializers.CharField(source="feature_id", allow_null=True, help_text="A face id.")
    is_hidden = serializers.BooleanField()
    vector = serializers.SerializerMethodField()

    def get_vector(self, person: Person) -> str:
        return person.vector_state or "none"


class ListedPerson(PersonShape):
    shares_name = serializers.BooleanField(help_text="Another person has the same name.")


class PeoplePage(serializers.Serializer[Any]):
    results = ListedPerson(many=True)


class Forgetting(serializers.Serializer[Any]):
    job = serializers.IntegerField()
    removed = serializers.DictField(child=serializers.IntegerField(), help_text="So far; more may follow.")


class PeopleView(APIView):
    @extend_schema(operation_id="list_people", tags=["people"], parameters=[PersonListing], responses=PeoplePage)
    def get(self, request: Request) -> Response:
        """The people in your images, those with the most faces first."""
        reader, asked = reader_of(request), validated(PersonListing, request.query_params.dict())
        cards = people.cards(
            reader,
            reader.id,
            hidden=asked["hidden"],
            starting_with=asked.get("q", ""),
            start=asked["start"],
            size=asked["page_size"],
        )
        return Response({"results": list(map(_listed, cards))})

    @extend_schema(
        operation_id="create_person",
        tags=["people"],
        request=NewPerson,
        responses={201: PersonShape},
    )
    def post(self, request: Request) -> Response:
        """Make somebody whose faces you will name."""
        reader = reader_of(request)
        made = people.create(reader, reader.id, validated(NewPerson, request.data)["name"])
        return Response(PersonShape(made).data, status=201)


class PersonView(APIView):
    @extend_schema(operation_id="get_person", tags=["people"], responses=PersonShape)
    def get(self, request: Request, person_id: str) -> Response:
        """One person. The id of somebody who was merged leads to whom they became."""
        return Response(PersonShape(people.get(reader_of(request), person_id)).data)

    @extend_schema(operation_id="edit_person", tags=["people"], request=EditedPerson, responses=PersonShape)
    def patch(self, request: Request, person_id: str) -> Response:
        """Rename or hide somebody, or choose the face they are shown by. What is left out stays."""
        reader, asked = reader_of(request), validated(EditedPerson, request.data)
        if "name" in asked:
            people.rename(reader, person_id, asked["name"])
        if "is_hidden" in asked:
            people.hide(reader, person_id, hidden=asked["is_hidden"])
        if "feature" in asked:
            people.feature(reader, person_id, asked["feature"])
        return Response(PersonShape(people.get(reader, person_id)).data)

    @extend_schema(operation_id="forget_person", tags=["people"], responses={202: Forgetting})
    def delete(self, request: Request, person_id: str) -> Response:
        """Forget somebody: their vectors, name and tags go from every store; the images stay. Not to be undone."""
        job = jobs.forget_person(reader_of(request), person_id)
        return Response(Forgetting({"job": job.pk, "removed": job.removed}).data, status=202)


class MergeView(APIView):
    @extend_schema(
        operation_id="merge_person",
        tags=["people"],
        request=MergedPerson,
        responses=PersonShape,
    )
    def post(self, request: Request, person_id: str) -> Response:
        """Two who are one: this one's faces become the other's."""
        reader, into = reader_of(request), validated(MergedPerson, request.data)["into"]
        people.merge(reader, person_id, into)
        return Response(PersonShape(people.get(reader, into)).data)


class PersonFacesView(APIView):
    @extend_schema(operation_id="list_faces_of_person", tags=["people"], parameters=[FaceListing], responses=FacePage)
    def get(self, request: Request, person_id: str) -> Response:
        """Somebody's faces, those in the newest images first. Their images: `GET images?person=`."""
        asked = validated(FaceListing, request.query_params.dict())
        after = asked.get("after", "")
        return page(naming.of_person(reader_of(request), person_id, after=after, size=asked["page_size"]), asked)


def _listed(card: PersonCard) -> dict[str, Any]:
    return {**PersonShape(card.person).data, "shares_name": card.collides}
