"""Is anything left? A scan of every live store for what was forgotten: tables, buckets, collections of vectors, SQL.

It reads everything, so it is for proofs and for `manage.py forget --verify`, which an administrator runs: no function
has the permissions for it. Backups are not looked at; they expire (docs/faces.md).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models

from media_pipeline.aws import clients as aws
from media_pipeline.conf import conf
from media_pipeline.faces import collections as face_collections
from media_pipeline.faces import consents


@dataclass(frozen=True, slots=True)
class Trace:
    """Where something is left, and what."""

    store: str
    place: str
    needle: str


def find(needles: Iterable[str]) -> list[Trace]:
    """Everything that contains one of these texts: ids of images, people, accounts, vectors; names."""
    wanted = sorted({needle for needle in needles if needle})
    return [Trace(store, place, needle) for store, place, text in everything() for needle in wanted if needle in text]


def everything() -> Iterator[tuple[str, str, str]]:
    """(store, place, text) of all there is."""
    yield from _tables()
    yield from _buckets()
    yield from _collections()
    yield from _rows()


def _tables() -> Iterator[tuple[str, str, str]]:
    for table in (conf.media_table, conf.terms_table, conf.limits_table):
        for page in aws.client("dynamodb").get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                yield "dynamodb", table, _plain(item)


def _plain(value: Any) -> str:
    """An item as text, with what was deflated in it."""
    match value:
        case dict():
            return " ".join(f"{name} {_plain(each)}" for name, each in value.items())
        case list():
            return " ".join(map(_plain, value))
        case bytes():
            try:
                return zlib.decompress(value).decode()
            except (zlib.error, UnicodeDecodeError):
                return value.hex()
        case _:
            return str(value)


def _buckets() -> Iterator[tuple[str, str, str]]:
    for bucket in (conf.originals_bucket, conf.renditions_bucket):
        for page in aws.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket):
            for version in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                yield "s3", bucket, version["Key"]


def _collections() -> Iterator[tuple[str, str, str]]:
    for collection in face_collections.names(consents.collection_prefix()):
        for face in face_collections.all_faces(collection):
            yield "rekognition", collection, f"{face.vector} {face.image_id}"
        for user, _ in face_collections.users(collection):
            yield "rekognition", collection, user


def _rows() -> Iterator[tuple[str, str, str]]:
    for model in apps.get_models():
        if model is Session:
            for session in Session.objects.iterator():
                yield "sql", model._meta.label, str(session.get_decoded())  # noqa: SLF001 - Django's documented way
            continue
        columns = [field.attname for field in model._meta.concrete_fields if _holds_text(field)]  # noqa: SLF001
        for row in model._default_manager.values_list(*columns).iterator() if columns else ():  # noqa: SLF001
            yield "sql", model._meta.label, " ".join(map(str, row))  # noqa: SLF001


def _holds_text(field: models.Field[Any, Any]) -> bool:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return isinstance(target, models.CharField | models.TextField | models.JSONField)
