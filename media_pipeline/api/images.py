"""Images through the API: listed, sent, read, changed, thrown away and brought back, downloaded."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponseRedirect
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from media_pipeline.access.readers import Reader
from media_pipeline.api import responses
from media_pipeline.api.authentication import reader_of
from media_pipeline.api.cursors import Cursors
from media_pipeline.api.errors import PreconditionFailed
from media_pipeline.api.etags import etag, is_unmodified, required_revision
from media_pipeline.api.listing import Listing, parameters, query_from
from media_pipeline.api.openapi.description import extend_schema
from media_pipeline.api.parsers import SmallFileParser
from media_pipeline.api.repetition import IDEMPOTENCY_KEY, once
from media_pipeline.api.requests import (
    AnnouncedUpload,
    Download,
    Edit,
    RequestedRendition,
    SmallUpload,
    validated,
)
from media_pipeline.errors import ConflictError
from media_pipeline.images import use_cases
from media_pipeline.intake import uploading
from media_pipeline.intake.uploading import Announcement
from media_pipeline.record.models import Image
from media_pipeline.renditions.requests import RenditionRequest
from media_pipeline.storage import buckets
from media_pipeline.storage.buckets import UploadForm

UNTYPED = "application/octet-stream"
TYPES_BY_SUFFIX = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
}
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="An ETag: 412 when the image has changed since."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="An ETag: 304 when nothing has changed since."
)


def _started(record: Image, form: UploadForm) -> dict[str, Any]:
    return {
        "image_id": record.image_id,
        "upload": {"url": form.url, "fields": form.fields},
        "expires_at": form.expires_at,
    }


def _with_new_form(request: Request, image_id: str) -> dict[str, Any]:
    record = use_cases.get(reader_of(request), image_id)
    form = buckets.upload_form(record.object_key, content_type=record.content_type, size=int(record.bytes))
    return _started(record, form)


class UploadsView(APIView):
    @extend_schema(
        operation_id="start_upload",
        tags=["images"],
        request=AnnouncedUpload,
        parameters=[IDEMPOTENCY_KEY],
        responses={201: responses.StartedUpload},
    )
    @once(renewed=_with_new_form)
    def post(self, request: Request) -> Response:
        """Announce a file and get the form with which S3 takes it: exactly this type, and exactly this many bytes."""
        announced = Announcement(**validated(AnnouncedUpload, request.data))
        record, form = uploading.start_upload(reader_of(request), announced)
        return Response(_started(record, form), status=201)


class ImagesView(APIView):
    parser_classes = [SmallFileParser]

    @extend_schema(operation_id="list_images", tags=["images"], parameters=[Listing], responses=responses.Page)
    def get(self, request: Request) -> Response:
        """Your images, newest first, or those of them that you search for.

        `next` and `previous` are complete addresses, null at the ends. A page may hold fewer than `page_size` and still
        have a `next`: a search reads so much and no more for one page.
        """
        reader = reader_of(request)
        asked = validated(Listing, parameters(request))
        query = query_from(asked)
        cursors = Cursors(reader, filters=query.fingerprint)
        position = cursors.read(asked.get("cursor"))
        page = use_cases.search(reader, query, size=asked["page_size"], after=position.after, before=position.before)
        answer = {"results": page.images, **cursors.links(request, page)}
        return Response(responses.Page(answer, context={"reader": reader}).data)

    @extend_schema(
        operation_id="upload_image",
        tags=["images"],
        parameters=[IDEMPOTENCY_KEY],
        request=SmallUpload,
        responses={202: responses.Accepted},
    )
    @once()
    def post(self, request: Request) -> Response:
        """Send a small file through the API itself. Above 4 MB the answer is 413: announce the file at `uploads`."""
        form = SmallUpload(data=request.data)
        form.is_valid(raise_exception=True)
        file: UploadedFile[bytes] = form.validated_data["file"]
        announced = Announcement(filename=file.name or "", content_type=_content_type(file), bytes=file.size or 0)
        return _accepted(uploading.upload(reader_of(request), announced, file.read()))


class ImageView(APIView):
    @extend_schema(
        operation_id="get_image",
        tags=["images"],
        parameters=[IF_NONE_MATCH],
        responses={200: responses.ImageDetail, 304: OpenApiResponse(description="Nothing has changed.")},
    )
    def get(self, request: Request, image_id: str) -> Response:
        """All of one image. Those of other people answer as if they did not exist."""
        reader = reader_of(request)
        answer = _detail(use_cases.get(reader, image_id), reader)
        if is_unmodified(answer.headers["ETag"], request.headers.get("If-None-Match", "")):
            return Response(status=304, headers={"ETag": answer.headers["ETag"]})
        return answer

    @extend_schema(
        operation_id="edit_image",
        tags=["images"],
        parameters=[IF_MATCH],
        request=Edit,
        responses=responses.ImageDetail,
    )
    def patch(self, request: Request, image_id: str) -> Response:
        """Change title, caption and tags; what is left out stays. With If-Match, only what you have read."""
        reader = reader_of(request)
        if_match = request.headers.get("If-Match")
        given: dict[str, Any] = {
            name: "" if value is None else value for name, value in validated(Edit, request.data).items()
        }
        try:
            record = use_cases.edit(reader, image_id, use_cases.Edit(**given), if_revision=required_revision(if_match))
        except ConflictError as error:
            if if_match is None:
                raise
            raise PreconditionFailed(str(error)) from error
        return _detail(record, reader)

    @extend_schema(operation_id="delete_image", tags=["images"], responses={204: None})
    def delete(self, request: Request, image_id: str) -> Response:
        """Into the trash: gone from every list at once, and for good after 30 days."""
        use_cases.delete(reader_of(request), image_id)
        return Response(status=204)


class RestoreView(APIView):
    @extend_schema(operation_id="restore_image", tags=["images"], request=None, responses=responses.ImageDetail)
    def post(self, request: Request, image_id: str) -> Response:
        """Take it out of the trash again."""
        reader = reader_of(request)
        return _detail(use_cases.restore(reader, image_id), reader)


class RetryView(APIView):
    @extend_schema(
        operation_id="retry_image",
        tags=["images"],
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={202: responses.Accepted},
    )
    @once()
    def post(self, request: Request, image_id: str) -> Response:
        """Process a failed image once more; 409 when it did not fail."""
        return _accepted(use_cases.retry(reader_of(request), image_id))


class AnyAccept(DefaultContentNegotiation):
    """Where the answer is no document, what the client would like to read does not matter: `<img>` asks for images."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:  # noqa: ARG002
        return renderers[0], renderers[0].media_type


class DownloadView(APIView):
    content_negotiation_class = AnyAccept

    @extend_schema(
        operation_id="download_image",
        tags=["images"],
        parameters=[Download],
        responses={302: OpenApiResponse(description="The file is at `Location`, for minutes.")},
    )
    def get(self, request: Request, image_id: str) -> HttpResponseRedirect:
        """The original, or one of its renditions, with its own file name."""
        asked = validated(Download, request.query_params.dict())
        accept = request.headers.get("Accept", "") if asked["format"] == "auto" else f"image/{asked['format']}"
        url = use_cases.download_url(reader_of(request), image_id, asked["rendition"], accept=accept)
        return HttpResponseRedirect(url, headers={"Cache-Control": "no-store", "Vary": "Accept"})


class RenditionsView(APIView):
    @extend_schema(
        operation_id="request_rendition",
        tags=["images"],
        parameters=[IDEMPOTENCY_KEY],
        request=RequestedRendition,
        responses={202: responses.AcceptedRendition},
    )
    @once()
    def post(self, request: Request, image_id: str) -> Response:
        """Have one more rendition made and kept. It appears among the image's `renditions` under the answered name."""
        asked = RenditionRequest(**validated(RequestedRendition, request.data))
        record = use_cases.request_rendition(reader_of(request), image_id, asked)
        return Response({"image_id": record.image_id, "name": asked.name}, status=202)


def _detail(record: Image, reader: Reader) -> Response:
    answer = responses.ImageDetail(record, context={"reader": reader}).data
    return Response(answer, headers={"ETag": etag(record, answer), "Cache-Control": "private, no-cache"})


def _accepted(record: Image) -> Response:
    return Response({"image_id": record.image_id, "status": record.status.value}, status=202)


def _content_type(file: UploadedFile[bytes]) -> str:
    """As the client declares it; curl knows few types, then by the name. The pipeline judges the content anyway."""
    declared = file.content_type or UNTYPED
    if declared != UNTYPED:
        return declared
    return TYPES_BY_SUFFIX.get(PurePath(file.name or "").suffix.lower(), declared)
