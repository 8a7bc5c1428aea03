"""Bodies of requests."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser, MultiPartParser

from media_pipeline.intake import uploading

FORM_OVERHEAD = 10_000  # bytes of a multipart body around the file


class ShallowJSONParser(JSONParser):
    """Answers a body of a hundred thousand brackets like any other that is no use, instead of breaking on it."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error


class SmallFileParser(MultiPartParser):
    """Refuses a file that is too large from the request's header, before anything of it is read."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if length.isdigit():
            uploading.check_small_upload(int(length) - FORM_OVERHEAD)
        return super().parse(stream, media_type, parser_context)
