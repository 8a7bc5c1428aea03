"""`Idempotency-Key` on calls that make something: whoever lost the answer sends the call again, and gets it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from media_pipeline.api import idempotency
from media_pipeline.api.authentication import caller_of
from media_pipeline.api.idempotency import Answer
from media_pipeline.errors import InvalidRequestError

KEY = re.compile(r"[\x21-\x7e]{1,255}")
REPLAYED = "Idempotency-Replayed"
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": f"^{KEY.pattern}$"},
    OpenApiParameter.HEADER,
    description="A random text of your own. The same call with the same key within a day does nothing again and gets "
    "the same answer.",
)

Post = Callable[..., Response]


def once(
    *, renewed: Callable[[Request, str], dict[str, Any]] | None = None, by: str = "image_id"
) -> Callable[[Post], Post]:
    """Let a view's `post` happen once for each Idempotency-Key of a caller.

    Only a success is remembered: what was refused or failed may be tried again with the same key. An answer that must
    not be kept, since it holds a secret or expires, is made anew by `renewed` from the id that it has under `by`.
    """

    def decorate(post: Post) -> Post:
        @wraps(post)
        def post_once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = request.headers.get("Idempotency-Key")
            if key is None:
                return post(view, request, *args, **kwargs)
            if not KEY.fullmatch(key):
                raise InvalidRequestError("A key has 1 to 255 visible ASCII characters.", field="Idempotency-Key")
            attempt = idempotency.begin(caller_of(request), key, fingerprint(request))
            if isinstance(attempt, Answer):
                body = renewed(request, attempt.body[by]) if renewed else attempt.body
                return Response(body, status=attempt.status, headers={REPLAYED: "true"})
            try:
                response = post(view, request, *args, **kwargs)
            except BaseException:
                attempt.clear()
                raise
            kept = {by: response.data[by]} if renewed else response.data
            attempt.remember(Answer(response.status_code, kept))
            return response

        return post_once

    return decorate


def fingerprint(request: Request) -> str:
    """The same for a call that asks for the same; the boundaries of multipart bodies differ and are not looked at."""
    data = request.data
    if isinstance(data, QueryDict):
        data = {name: [_told_apart(value) for value in values] for name, values in data.lists()}
    text = json.dumps([request.method, request.path, data], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _told_apart(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return [value.name, value.content_type, digest.hexdigest()]
