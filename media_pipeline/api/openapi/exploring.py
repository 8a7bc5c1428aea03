"""Ways into a library besides its list: images like one that was found, and what there is to choose from."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from media_pipeline.api import responses
from media_pipeline.api.authentication import reader_of
from media_pipeline.api.listing import Likeness
from media_pipeline.api.openapi.description import extend_schema
from media_pipeline.api.requests import Input, validated
from media_pipeline.images import use_cases
from media_pipeline.images.use_cases import Likening


class SimilarView(APIView):
    @extend_schema(
        operation_id="list_similar_images", tags=["images"], parameters=[Likeness], responses=responses.SimilarImages
    )
    def get(self, request: Request, image_id: str) -> Response:
        """Images like this one, nearest first."""
        reader = reader_of(request)
        asked = validated(Likeness, request.query_params.dict())
        found = use_cases.similar(reader, image_id, Likening(asked["by"]), size=asked["page_size"])
        similarities = {similar.record.image_id: similar.similarity for similar in found}
        answer = {"results": [similar.record for similar in found]}
        return Response(responses.SimilarImages(answer, context={"reader": reader, "similarities": similarities}).data)


class FacetsView(APIView):
    @extend_schema(operation_id="list_facets", tags=["images"], responses=responses.Facets)
    def get(self, request: Request) -> Response:
        """What your images can be narrowed down by: values for `GET images`, with how many images each leads to."""
        validated(Input, request.query_params.dict())
        found = use_cases.facets(reader_of(request))
        return Response(responses.Facets(found).data, headers={"Cache-Control": "private, max-age=60"})
