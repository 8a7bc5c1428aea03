"""Where the browser fetches the files of which it makes a zip: some photos at a time, as addresses live for minutes."""

from __future__ import annotations

from pathlib import PurePath

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from media_pipeline.access.readers import Reader
from media_pipeline.errors import InvalidRequestError
from media_pipeline.images import use_cases
from media_pipeline.library.access import LibraryRequest, signed_in
from media_pipeline.library.image_ids import is_image_id
from media_pipeline.record.models import Image
from media_pipeline.storage import signing
from media_pipeline.storage.signing import ORIGINAL, Purpose

MAX_ADDRESSES = 50
SIZES = {"original": ORIGINAL, "web": "jpeg"}


@require_safe
@signed_in
def addresses(request: LibraryRequest, reader: Reader) -> HttpResponse:
    """Of those among `photo` that can be downloaded now."""
    ids = list(dict.fromkeys(filter(is_image_id, request.GET.getlist("photo"))))
    size = request.GET.get("size", "")
    if not ids or len(ids) > MAX_ADDRESSES or size not in SIZES:
        raise InvalidRequestError(f"Ask for up to {MAX_ADDRESSES} photos, as `original` or `web`.")
    files = [_file(record, reader, size) for record in use_cases.get_many(reader, ids)]
    return JsonResponse({"files": [file for file in files if file["url"]]}, headers={"Cache-Control": "no-store"})


def _file(record: Image, reader: Reader, size: str) -> dict[str, str | None]:
    path = PurePath(record.filename)
    return {
        "photo": record.image_id,
        "name": record.filename if size == "original" else f"{path.stem}.jpg",
        "url": signing.sign(record, reader, Purpose.DOWNLOAD, SIZES[size]),
    }
