"""The record of every image and its search terms, in DynamoDB.

One item holds an image: what its owner said of it, what the pipeline found, the ledger of stages and the review.
EXIF is deflated, renditions are lists instead of maps, so that a typical record stays under two kilobytes: DynamoDB
charges a write by the kilobyte of the whole item, whatever little the write changes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from pynamodb.attributes import BinaryAttribute, ListAttribute, MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from ulid import ULID

from media_pipeline.aws.dynamodb import DeflatedJSON, Item
from media_pipeline.conf import conf
from media_pipeline.errors import ConflictError

IMAGE_ID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")  # a ULID; DynamoDB refuses keys that are empty or too long
UNFINISHED_SHARDS = 8  # one partition takes 1,000 writes a second; two writes an image at 10 M a day peak above that
PURGED = "1970-01-01T00:00:00+00:00"  # a deletion so old that nothing restores it, and the next sweep erases it
TRIES = 5  # of a write that others were faster with
FAILED = "failed"  # the value of `unfinished` for images that ended without a result


class Status(StrEnum):
    UPLOADING = "uploading"
    PROCESSING = "processing"
    READY = "ready"
    IN_REVIEW = "in_review"
    REJECTED = "rejected"
    FAILED = "failed"
    DELETED = "deleted"


class ReviewState(StrEnum):
    OPEN = "open"
    ALLOWED = "allowed"
    RESTRICTED = "restricted"  # allowed, behind an age gate
    REJECTED = "rejected"
    CHILD_SAFETY = "child_safety"


@dataclass(frozen=True, slots=True)
class Rendition:
    """One stored derivative; `bytes` is its size."""

    name: str
    format: str
    width: int
    height: int
    bytes: int

    def key(self, image_id: str) -> str:
        """Its object key in the renditions bucket."""
        return rendition_key(image_id, self.name, self.format)


EXTENSIONS = {"jpeg": "jpg", "webp": "webp", "avif": "avif", "png": "png"}
BLURRED = "blurred"  # made when a review opens; not in the record, because the pipeline may be writing it meanwhile
THUMBNAILS = {"small": 150, "medium": 300, "large": 600}
# What the pipeline makes of every image unasked, some of it only of some: name and format.
UNASKED = {**dict.fromkeys(THUMBNAILS, "jpeg"), "jpeg": "jpeg", "webp": "webp", "avif": "avif", "animated": "webp"}


def rendition_key(image_id: str, name: str, format: str) -> str:  # noqa: A002 - the API's word
    extension = EXTENSIONS[format]
    if name in THUMBNAILS:
        return f"thumbnails/{name}/{image_id}.{extension}"
    if name in {"jpeg", "webp"}:
        return f"optimized/{name}/{image_id}.{extension}"
    return f"renditions/{image_id}/{name}.{extension}"


def original_key(image_id: str) -> str:
    return f"original/{image_id}"


class UnfinishedIndex(GlobalSecondaryIndex["Image"]):
    """Sparse: images that the pipeline still owes something, for the sweep; and those that failed, for people."""

    class Meta:
        index_name = "unfinished"
        projection = KeysOnlyProjection()

    unfinished = UnicodeAttribute(hash_key=True)
    image_id = UnicodeAttribute(range_key=True)


class InReviewIndex(GlobalSecondaryIndex["Image"]):
    """Sparse: images that wait for a moderator, to rebuild the queue from."""

    class Meta:
        index_name = "in_review"
        projection = KeysOnlyProjection()

    in_review = UnicodeAttribute(hash_key=True)
    image_id = UnicodeAttribute(range_key=True)


class Image(Item):
    class Meta:
        table_name = conf.media_table
        region = conf.region

    PART = "image"

    image_id = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True, default=PART)
    revision = NumberAttribute(default=0)  # +1 with every write: order for the stream's readers, the API's ETag

    # What its owner said of it.
    owner = UnicodeAttribute()
    library = UnicodeAttribute()
    filename = UnicodeAttribute()
    title = UnicodeAttribute(null=True)
    caption = UnicodeAttribute(null=True)
    tags: ListAttribute[str] = ListAttribute(null=True)
    content_type = UnicodeAttribute()
    bytes = NumberAttribute()
    sha256 = UnicodeAttribute(null=True)
    deleted_at = UnicodeAttribute(null=True)
    albums: MapAttribute[str, Any] = MapAttribute(null=True)  # {album id: rank}, see media_pipeline.albums.albums

    # What the pipeline found. `key` is only set for adopted objects; the others lie at original/{image_id}.
    key = UnicodeAttribute(null=True)
    version_id = UnicodeAttribute(null=True)
    format = UnicodeAttribute(null=True)
    width = NumberAttribute(null=True)
    height = NumberAttribute(null=True)
    taken_at = UnicodeAttribute(null=True)
    camera_make = UnicodeAttribute(null=True)
    camera_model = UnicodeAttribute(null=True)
    latitude = NumberAttribute(null=True)
    longitude = NumberAttribute(null=True)
    place = UnicodeAttribute(null=True)  # town and country by media_pipeline.pipeline.gazetteer
    orientation = NumberAttribute(null=True)
    exif = DeflatedJSON(null=True)
    thumbhash = UnicodeAttribute(null=True)  # base64
    colour = UnicodeAttribute(null=True)  # the dominant one, #rrggbb
    phash = BinaryAttribute(null=True, legacy_encoding=False)  # 8 bytes of the picture, 8 of its mirror image
    renditions: MapAttribute[str, Any] = MapAttribute(null=True)

    # What was recognised: lists as in media_pipeline.pipeline.stages, `faces` as in media_pipeline.record.faces,
    # `moderation` as in media_pipeline.review.judgement.
    moderation = DeflatedJSON(null=True)
    faces = DeflatedJSON(null=True)
    face_collection = UnicodeAttribute(null=True)  # where the faces' vectors are; set once they were measured
    faces_model = UnicodeAttribute(null=True)  # the first look that saw none, when Rekognition was not asked
    labels = DeflatedJSON(null=True)
    text = DeflatedJSON(null=True)

    # The ledger: what is done, failed or running, and who holds the lease.
    stages: MapAttribute[str, Any] = MapAttribute(null=True)
    attempts = NumberAttribute(default=0)
    lease = UnicodeAttribute(null=True)
    lease_until = NumberAttribute(null=True)
    unfinished = UnicodeAttribute(null=True)
    failure = UnicodeAttribute(null=True)

    # The review: its state, why it was opened, whose verdict it took over, and who did what when (audit.py).
    review = UnicodeAttribute(null=True)
    in_review = UnicodeAttribute(null=True)
    flags = DeflatedJSON(null=True)
    verdict_from = UnicodeAttribute(null=True)
    audit: ListAttribute[str] = ListAttribute(null=True)
    audit_head = UnicodeAttribute(null=True)

    unfinished_index = UnfinishedIndex()
    in_review_index = InReviewIndex()

    def create(self) -> bool:
        """Store a new record that the pipeline owes its work; False when the id is taken."""
        self.revision = 1
        self.unfinished = unfinished_shard(self.image_id)
        return super().create()

    def update_if(self, actions: list[Action], condition: Condition) -> bool:
        """Every write is a revision."""
        return super().update_if([*actions, Image.revision.add(1)], condition)

    def amend(self, plan: Callable[[Self], list[Action]], on: Callable[[Self], Condition] | None = None) -> Self | None:
        """Write what `plan` makes of the record as it was read; when somebody was faster, plan anew on what they left.

        None when it is gone. No actions, no write. `on` is the condition of the write: by default that nobody wrote
        anything. ConflictError after five tries.
        """
        record = self
        for _ in range(TRIES):
            condition = on(record) if on else type(self).revision == record.revision
            actions = plan(record)
            if not actions or record.change(actions, condition):
                return record
            current = self.load(self.image_id)
            if current is None:
                return None
            record = current
        raise ConflictError("The image is being changed by others at the same time. Try again.")

    @property
    def status(self) -> Status:
        """Derived, never stored: deleting, deciding and restoring in any order give the truth."""
        if self.deleted_at:
            return Status.DELETED
        if self.review in {ReviewState.REJECTED, ReviewState.CHILD_SAFETY}:
            return Status.REJECTED
        if self.failure:
            return Status.FAILED
        if self.version_id is None:
            return Status.UPLOADING
        if self.unfinished is not None:
            return Status.PROCESSING
        return Status.IN_REVIEW if self.review == ReviewState.OPEN else Status.READY

    @property
    def is_purged(self) -> bool:
        """Erased as far as people can tell."""
        return bool(self.deleted_at == PURGED)

    @property
    def object_key(self) -> str:
        return self.key or original_key(self.image_id)

    @property
    def created_at(self) -> dt.datetime:
        """When its id was made: a ULID begins with the time, so no attribute repeats it."""
        return ULID.from_str(self.image_id).datetime

    @property
    def stage_states(self) -> dict[str, dict[str, Any]]:
        """{stage: {"state": "done" | "failed", "ms": int, "error": str | absent}} in the order they ended."""
        return self.stages.as_dict() if self.stages else {}

    @property
    def rank_by_album(self) -> dict[str, str]:
        """Where it stands in each album that it is in."""
        return self.albums.as_dict() if self.albums else {}

    @property
    def rendition_list(self) -> list[Rendition]:
        stored = self.renditions.as_dict() if self.renditions else {}
        return [Rendition(name, *facts) for name, facts in stored.items()]

    def rendition(self, name: str) -> Rendition | None:
        return next((rendition for rendition in self.rendition_list if rendition.name == name), None)


class Term(Item):
    """One search key of one image: `{library}|{term}` leads to image ids, newest last."""

    class Meta:
        table_name = conf.terms_table
        region = conf.region

    term = UnicodeAttribute(hash_key=True)
    image_id = UnicodeAttribute(range_key=True)


def new_image_id() -> str:
    return str(ULID())


def adopted_image_id(bucket: str, key: str, version_id: str, stored_at: dt.datetime) -> str:
    """A ULID that depends only on the object, so that every delivery of its event adopts it under the same id."""
    seed = hashlib.sha256(f"{bucket}\n{key}\n{version_id}".encode()).digest()
    milliseconds = int(stored_at.timestamp() * 1000)
    return str(ULID.from_bytes(milliseconds.to_bytes(6, "big") + seed[:10]))


def unfinished_shard(image_id: str) -> str:
    return str(zlib.crc32(image_id.encode()) % UNFINISHED_SHARDS)
