"""What clients may send: checked against a declared shape, and nothing that is not in it.

A misspelt field or a parameter that means nothing here is refused instead of ignored: silence would look like success.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from media_pipeline.conf import conf
from media_pipeline.intake import descriptions, uploading
from media_pipeline.renditions.requests import FITS, FORMATS, QUALITIES

SIDES = f"One of {', '.join(map(str, conf.rendition_sides))}; without it, as the other side asks."


class Input(serializers.Serializer[Any]):
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(str(name) for name in data.keys() - self.fields.keys())):
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {name[:100]: [f"There is no such field here. There are: {known}."] for name in unknown[:10]},
                code="unknown",
            )
        return super().to_internal_value(data)


def validated(shape: type[Input], data: Any) -> dict[str, Any]:
    """`data` in its declared shape; ValidationError names what is wrong with it."""
    serializer = shape(data=data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


class Text(serializers.CharField):
    """DRF would take a number for a text, and one that is too long as long as what is too much are blanks."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return str(super().to_internal_value(data))


class Count(serializers.IntegerField):
    """DRF would take a text for a number."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str):
            self.fail("invalid")
        return int(super().to_internal_value(data))


def _tags() -> serializers.ListField:
    tag = Text(max_length=descriptions.MAX_TAG_LENGTH)
    return serializers.ListField(child=tag, max_length=descriptions.MAX_TAGS, required=False)


@extend_schema_field({"type": "string", "enum": list(uploading.CONTENT_TYPES)})
class ContentTypeField(Text):
    """Checked by the service, whose refusal names what is taken."""


class AnnouncedUpload(Input):
    filename = Text(max_length=1024)
    content_type = ContentTypeField(max_length=100)
    bytes = Count(min_value=1, help_text="413 above the limit.")
    sha256 = serializers.RegexField(
        r"^[0-9a-fA-F]{64}$", required=False, help_text="When given, other bytes than these end as `failed`."
    )
    tags = _tags()
    title = Text(max_length=descriptions.MAX_TITLE_LENGTH, required=False, allow_blank=True)

    def validate_sha256(self, value: str) -> str:
        return value.lower()


class SmallUpload(serializers.Serializer[Any]):
    """Multipart, so that `curl -F file=@photo.jpg` is enough."""

    file = serializers.FileField(max_length=1024)


class Edit(Input):
    """What is left out stays; null, "" or [] empties a field."""

    title = Text(max_length=descriptions.MAX_TITLE_LENGTH, required=False, allow_blank=True, allow_null=True)
    caption = Text(max_length=descriptions.MAX_CAPTION_LENGTH, required=False, allow_blank=True, allow_null=True)
    tags = _tags()


class Download(Input):
    rendition = serializers.RegexField(
        r"^[a-z0-9_-]{1,64}$",
        default="original",
        help_text="A name from `renditions`, `original`, or `web`: the best at full size for the format asked for.",
    )
    format = serializers.ChoiceField(
        choices=["auto", "avif", "webp", "jpeg"],
        default="auto",
        help_text="With `web`: `auto` takes the smallest that the Accept header names, JPEG where it names none.",
    )


class RequestedRendition(Input):
    """`inside` keeps the whole picture; `cover` and `face` crop it to width x height. Nothing is enlarged."""

    format = serializers.ChoiceField(choices=FORMATS)
    width = serializers.IntegerField(required=False, help_text=SIDES)
    height = serializers.IntegerField(required=False, help_text=SIDES)
    fit = serializers.ChoiceField(choices=FITS, default="inside")
    quality = serializers.ChoiceField(choices=QUALITIES, default=85)
    watermark = serializers.CharField(
        max_length=20, required=False, allow_blank=True, help_text="The name of a configured watermark."
    )
