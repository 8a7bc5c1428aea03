"""An image as clients see it: the record without what only the pipeline needs, and addresses made for its reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from media_pipeline.access.readers import Reader
from media_pipeline.record import labels
from media_pipeline.record.faces import read
from media_pipeline.record.models import Image, ReviewState, Status
from media_pipeline.storage import signing
from media_pipeline.storage.signing import Purpose

STATUSES = [status.value for status in Status]
STAGE_STATES = ["done", "failed"]


class Rendition(serializers.Serializer[Any]):
    name = serializers.CharField()
    format = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    bytes = serializers.IntegerField()
    url = serializers.URLField(allow_null=True, help_text="Signed, for minutes; null while you may not see it.")


class Label(serializers.Serializer[Any]):
    name = serializers.CharField()
    confidence = serializers.FloatField()


class BoundingBox(serializers.Serializer[Any]):
    """Fractions of the upright image's width and height."""

    left = serializers.FloatField()
    top = serializers.FloatField()
    width = serializers.FloatField()
    height = serializers.FloatField()


class Face(serializers.Serializer[Any]):
    face_id = serializers.CharField()
    bounding_box = BoundingBox()
    confidence = serializers.FloatField()
    person = serializers.CharField(allow_null=True, help_text="The name, once somebody gave one; to you alone.")
    person_id = serializers.CharField(allow_null=True, help_text="As the parameter `person` of a list takes it.")


class Gps(serializers.Serializer[Any]):
    """Decimal degrees, south and west negative."""

    latitude = serializers.FloatField()
    longitude = serializers.FloatField()


class Metadata(serializers.Serializer[Any]):
    camera_make = serializers.CharField(allow_null=True)
    camera_model = serializers.CharField(allow_null=True)
    taken_at = serializers.CharField(allow_null=True, help_text="ISO 8601; with an offset when the camera knew it.")
    gps = Gps(allow_null=True, help_text="Only for the owner and reviewers.")
    place = serializers.CharField(
        allow_null=True, help_text="The town near it and the country, by GeoNames. Only for the owner and reviewers."
    )
    orientation = serializers.IntegerField(allow_null=True, help_text="As the original has it (EXIF, 1 to 8).")
    exif = serializers.DictField(help_text="The rest, as the camera wrote it.")


class Moderation(serializers.Serializer[Any]):
    state = serializers.CharField(allow_null=True, help_text="null until something was flagged.")
    labels = Label(many=True)


class Stage(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=STAGE_STATES)
    ms = serializers.IntegerField()
    error = serializers.CharField(allow_null=True)


class ImageSummary(serializers.Serializer[Image]):
    """An image in a list."""

    # Addresses are made for one reader: the context needs {"reader": Reader}.

    image_id = serializers.CharField()
    owner = serializers.CharField()
    library = serializers.CharField()
    filename = serializers.CharField()
    title = serializers.CharField(allow_null=True)
    caption = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=STATUSES)
    status_reason = serializers.SerializerMethodField()
    width = serializers.IntegerField(allow_null=True, help_text="Of the upright image.")
    height = serializers.IntegerField(allow_null=True)
    bytes = serializers.IntegerField(help_text="Of the original.")
    format = serializers.CharField(allow_null=True, help_text="By content, whatever the file's name said.")
    created_at = serializers.DateTimeField()
    taken_at = serializers.CharField(allow_null=True)
    tags = serializers.SerializerMethodField()
    labels = serializers.SerializerMethodField()
    colour = serializers.CharField(allow_null=True, help_text="The dominant one, #rrggbb.")
    thumbhash = serializers.CharField(allow_null=True, help_text="A placeholder in some 25 bytes, as base64.")
    renditions = serializers.SerializerMethodField()

    @property
    def reader(self) -> Reader:
        reader: Reader = self.context["reader"]
        return reader

    def get_status_reason(self, record: Image) -> str | None:
        return record.failure if record.status is Status.FAILED else None

    def get_tags(self, record: Image) -> list[str]:
        return list(record.tags or ())

    @extend_schema_field(Label(many=True))
    def get_labels(self, record: Image) -> list[Mapping[str, Any]]:
        return [asdict(label) for label in labels.found(record)]

    @extend_schema_field(Rendition(many=True))
    def get_renditions(self, record: Image) -> list[Mapping[str, Any]]:
        return [
            {
                "name": rendition.name,
                "format": rendition.format,
                "width": rendition.width,
                "height": rendition.height,
                "bytes": rendition.bytes,
                "url": signing.sign(record, self.reader, Purpose.VIEW, rendition.name),
            }
            for rendition in record.rendition_list
        ]


class ImageDetail(ImageSummary):
    """All of an image."""

    metadata = serializers.SerializerMethodField()
    faces = serializers.SerializerMethodField()
    moderation = serializers.SerializerMethodField()
    stages = serializers.SerializerMethodField()

    @extend_schema_field(Metadata)
    def get_metadata(self, record: Image) -> Mapping[str, Any]:
        return {
            "camera_make": record.camera_make,
            "camera_model": record.camera_model,
            "taken_at": record.taken_at,
            "gps": gps(record, self.reader),
            "place": record.place if may_know_where(record, self.reader) else None,
            "orientation": record.orientation,
            "exif": record.exif or {},
        }

    @extend_schema_field(Face(many=True))
    def get_faces(self, record: Image) -> list[Mapping[str, Any]]:
        """Whose they are is for their library's owner to know: reviewers judge pictures."""
        is_own = self.reader.owns(record.owner)
        return [
            {
                "face_id": face.face_id,
                "bounding_box": asdict(face.box),
                "confidence": face.confidence,
                "person": face.name or None if is_own else None,
                "person_id": face.person or None if is_own else None,
            }
            for face in read(record.faces)
        ]

    @extend_schema_field(Moderation)
    def get_moderation(self, record: Image) -> Mapping[str, Any]:
        return {
            "state": review_state(record, self.reader),
            "labels": [{"name": label.name, "confidence": label.confidence} for label in labels.moderating(record)],
        }

    @extend_schema_field(serializers.DictField(child=Stage()))
    def get_stages(self, record: Image) -> Mapping[str, Any]:
        return {
            name: {"state": stage["state"], "ms": stage["ms"], "error": stage.get("error")}
            for name, stage in record.stage_states.items()
        }


def may_know_where(record: Image, reader: Reader) -> bool:
    """A home can be read off a holiday picture."""
    return reader.owns(record.owner) or reader.is_reviewer


def gps(record: Image, reader: Reader) -> Mapping[str, float] | None:
    if not may_know_where(record, reader) or record.latitude is None or record.longitude is None:
        return None
    return {"latitude": record.latitude, "longitude": record.longitude}


def review_state(record: Image, reader: Reader) -> str | None:
    """Its owner is never told that a rejection was for child safety: that could warn an offender."""
    if record.review == ReviewState.CHILD_SAFETY and not reader.is_reviewer:
        return ReviewState.REJECTED.value
    return record.review


class UploadForm(serializers.Serializer[Any]):
    url = serializers.URLField()
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment] # the API's word


class StartedUpload(serializers.Serializer[Any]):
    image_id = serializers.CharField()
    upload = UploadForm(
        help_text="POST the fields and, as the last one, `file` to this address as multipart/form-data."
    )
    expires_at = serializers.DateTimeField()


class Accepted(serializers.Serializer[Any]):
    image_id = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)


class AcceptedRendition(serializers.Serializer[Any]):
    image_id = serializers.CharField()
    name = serializers.CharField(help_text="Under which it appears among the image's `renditions` once it is made.")


class Page(serializers.Serializer[Any]):
    results = ImageSummary(many=True)
    next = serializers.URLField(allow_null=True, help_text="Older images.")
    previous = serializers.URLField(allow_null=True, help_text="Newer images.")


class SimilarImage(ImageSummary):
    """An image in a list of those that are like one."""

    # The context needs {"similarities": {image_id: float}} as well.

    similarity = serializers.SerializerMethodField(help_text="From 0 to 1, which is the same.")

    def get_similarity(self, record: Image) -> float:
        return round(float(self.context["similarities"][record.image_id]), 4)


class SimilarImages(serializers.Serializer[Any]):
    results = SimilarImage(many=True)


class Facet(serializers.Serializer[Any]):
    value = serializers.CharField(help_text="As the parameter takes it; of months, YYYY-MM.")
    count = serializers.IntegerField()
    is_more = serializers.BooleanField(help_text="There are more than `count`.")
    name = serializers.CharField(help_text='What people call it, where that is not the value; otherwise "".')


class Facets(serializers.Serializer[Any]):
    months = Facet(many=True, help_text="Of upload, newest first.")
    cameras = Facet(many=True)
    labels = Facet(many=True)
    tags = Facet(many=True)
    people = Facet(many=True, help_text="By id; `name` is what they are called.")
    is_approximate = serializers.BooleanField(
        help_text="The library is too large to look at all of it: rare values may be missing, and counts are estimates."
    )
