"""An example of every body in the description: composed from its shape, so that none is forgotten or out of date.

What a field is called says what stands in it; where one name has several meanings, its component goes before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
IMAGE_ID = "01JZ8Q6YV3T7M4N2K5R9XBWCDE"
OTHER_ID = "01JZ8Q72D0G5S8A3F6H1PKTVWX"
PERSON_ID = "01JZ8S3K5N7P9R1T3V5X7Z9B2D"
SITE = "https://darkroom.example.com"
RENDITIONS = "https://media.example.com/thumbnails/large"

VALUES: dict[str, Any] = {
    "image_id": IMAGE_ID,
    "image_ids": [IMAGE_ID, OTHER_ID],
    "added": [OTHER_ID],
    "owner": "01JZ8PXQ4M2B7C9D1E3F5G8H0J",
    "library": "01JZ8PXQ4M2B7C9D1E3F5G8H0J",
    "album_id": "01JZ8R1N6C4V8B2M0Q3W5E7T9Y",
    "filename": "dawn.jpg",
    "file": "(the bytes of dawn.jpg)",
    "title": "Dawn over the lake",
    "caption": "From the jetty, a minute before the fog came.",
    "content_type": "image/jpeg",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "format": "jpeg",
    "status": "ready",
    "status_reason": None,
    "width": 3888,
    "height": 2592,
    "bytes": 2483201,
    "tags": ["lake", "morning"],
    "labels": [{"name": "Lake", "confidence": 97.4}],
    "colour": "#5b7f95",
    "thumbhash": "1QcSHQRnh493V4dIh4eXh1h4kJUI",
    "camera_make": "Canon",
    "camera_model": "Canon EOS 40D",
    "taken_at": "2026-06-21T05:12:44+02:00",
    "latitude": 47.37,
    "longitude": 8.54,
    "place": "Zürich, Switzerland",
    "orientation": 1,
    "exif": {"FNumber": "8", "ISOSpeedRatings": "100"},
    "moderation": {"state": None, "labels": []},
    "person": "Zoë",
    "name": "Zoë",
    "vector": "ready",
    "person_id": PERSON_ID,
    "face_id": "5c8f1f0e-6d8e-4d53-9a53-0b7a4a9cf0a1",
    "feature": "5c8f1f0e-6d8e-4d53-9a53-0b7a4a9cf0a1",
    "into": "01JZ8S6A1C3E5G7J9M1P3R5T7W",
    "confidence": 99.2,
    "left": 0.31,
    "top": 0.22,
    "similarity": 0.9531,
    "stages": {"thumbnails": {"state": "done", "ms": 142, "error": None}},
    "next": None,
    "previous": None,
    "cover": IMAGE_ID,
    "before": None,
    "size": 24,
    "url": f"{RENDITIONS}/{IMAGE_ID}.jpg?Expires=1782018000&Signature=...",
    "username": "alice",
    "password": "correct horse battery staple",
    "access": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.c2lnbmF0dXJl",
    "refresh": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.c2lnbmF0dXJl",
    "reason": "This is a photo of my own daughter at the lake; nothing about it is explicit.",
    "watermark": None,
    "quality": 85,
    "fit": "inside",
    "version": "2026-11",
    "current_version": "2026-11",
    "text": "Darkroom may measure the faces in this library, to tell who is in a photo.",
    "created_at": "2026-06-21T09:30:12.104Z",
    "sent_at": "2026-06-21T09:30:12.104Z",
    "expires_at": "2026-06-21T09:45:12.104Z",
    "Accepted.status": "processing",
    "AcceptedRendition.name": "webp_640x-_inside_q85",
    "Album.name": "Summer",
    "AlbumEdit.name": "Summer at the lake",
    "NewAlbum.name": "Summer",
    "RequestedRendition.format": "webp",
    "RequestedRendition.width": 640,
    "RequestedRendition.height": None,
    "Rendition.name": "large",
    "Rendition.width": 1024,
    "Rendition.height": 683,
    "Rendition.bytes": 148210,
    "BoundingBox.width": 0.12,
    "BoundingBox.height": 0.18,
    "FaceBox.width": 0.12,
    "FaceBox.height": 0.18,
    "Problem.type": "about:blank",
    "Problem.title": "Not Found",
    "Problem.status": 404,
    "Problem.detail": "There is no image with this id.",
    "Problem.instance": f"/api/v1/images/{IMAGE_ID}",
    "Problem.code": "not_found",
    "Problem.errors": [],
    "Facets.months": [{"value": "2026-06", "count": 42, "is_more": False, "name": ""}],
    "Facets.cameras": [{"value": "Canon EOS 40D", "count": 31, "is_more": False, "name": ""}],
    "Facets.labels": [{"value": "Lake", "count": 12, "is_more": False, "name": ""}],
    "Facets.tags": [{"value": "morning", "count": 7, "is_more": False, "name": ""}],
    "Facets.people": [{"value": PERSON_ID, "count": 9, "is_more": False, "name": "Zoë"}],
    "Statement.kind": "reasons",
    "Statement.body": {
        "filename": "dawn.jpg",
        "decision_visibility": "remove",
        "effect": "The image is not shown to anybody any more.",
        "decision_ground": "Against the terms of service",
    },
    "UploadForm.url": "https://darkroom-originals.s3.us-east-1.amazonaws.com/",
    "UploadForm.fields": {
        "Content-Type": "image/jpeg",
        "key": f"original/{IMAGE_ID}",
        "policy": "eyJleHBpcmF0aW9uIjog...",
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-signature": "4f5e...",
    },
    "Page.next": f"{SITE}/api/v1/images?cursor=WyJvbGRlciIsIjAxSlo4UTZZIl0:1wT",
}
# What stands in a field that nobody thought of.
BY_TYPE: dict[str, Any] = {"string": "text", "integer": 1, "number": 0.5, "boolean": False, "null": None}
BY_FORMAT = {
    "date": "2026-06-21",
    "date-time": "2026-06-21T09:30:12.104Z",
    "uri": f"{SITE}/",
    "uuid": "5c8f1f0e-6d8e-4d53-9a53-0b7a4a9cf0a1",
    "email": "alice@example.com",
}

Shape = Mapping[str, Any]


def add_examples(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:  # noqa: ARG001
    """A hook of drf-spectacular's: every body that has no example of its own gets one."""
    components = result["components"]["schemas"]
    for content in bodies(result):
        if "schema" in content and not {"example", "examples"} & content.keys():
            content["example"] = example(content["schema"], components)
    return result


def bodies(description: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The content of every request and every answer."""
    for path in description["paths"].values():
        for method in METHODS:
            call = path.get(method, {})
            for body in (call.get("requestBody", {}), *call.get("responses", {}).values()):
                yield from body.get("content", {}).values()


def example(shape: Shape, components: Mapping[str, Shape], name: str = "", owner: str = "") -> Any:
    """A value of this shape, for the field `name` of component `owner`."""
    for known in (f"{owner}.{name}", name):
        if known in VALUES:
            return VALUES[known]
    if reference := shape.get("$ref"):
        component = reference.rpartition("/")[2]
        return example(components[component], components, name, component.removesuffix("Request"))
    for several in ("allOf", "oneOf", "anyOf"):
        if several in shape:
            return example(shape[several][0], components, name, owner)
    if "enum" in shape:
        return shape["enum"][0]
    return _of_type(shape, components, name, owner)


def _of_type(shape: Shape, components: Mapping[str, Shape], name: str, owner: str) -> Any:
    kind = shape.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "array":
        return [example(shape["items"], components, name, owner)]
    if kind == "object":
        fields = {
            field: example(inner, components, field, owner) for field, inner in shape.get("properties", {}).items()
        }
        return {field: value for field, value in fields.items() if value is not None or _takes_null(shape, field)}
    return BY_FORMAT.get(shape.get("format", "")) or shape.get("default", BY_TYPE[kind])


def _takes_null(shape: Shape, field: str) -> bool:
    """A field that has no value in the example is null where the shape allows it, and otherwise left out."""
    return field in shape.get("required", ()) or "null" in str(shape["properties"][field].get("type", ""))
