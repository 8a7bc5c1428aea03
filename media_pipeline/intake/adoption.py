"""Objects that nobody announced: copied into the bucket by other means, they become images all the same."""

from __future__ import annotations

from media_pipeline.conf import conf
from media_pipeline.intake import tombstones
from media_pipeline.intake.filenames import clean_filename
from media_pipeline.record.events import ObjectVersion
from media_pipeline.record.models import Image, adopted_image_id
from media_pipeline.search import terms
from media_pipeline.storage import buckets
from media_pipeline.telemetry import logger


def adopt(stored: ObjectVersion) -> str | None:
    """Make a record for the object, under an id that its every delivery derives alike; None when it is gone, or when
    that image was erased on somebody's demand.

    Its owner is what the uploader put into the object's metadata (x-amz-meta-owner), else the default owner. Its
    version is fixed here: the id stands for that version, and the key may have others, which are images of their own.
    """
    found = buckets.stored_object(stored.key, stored.version_id)
    if found is None:
        logger.info("object is gone", key=stored.key)
        return None
    image_id = adopted_image_id(stored.bucket, stored.key, stored.version_id, found.stored_at)
    named = stored.key.removeprefix("original/")  # the id of an announced upload, whose form was sent once more
    if tombstones.is_buried(image_id) or tombstones.is_buried(named):
        logger.warning("object of an image that was erased on demand, removed", key=stored.key)
        buckets.delete_original_version(stored.key, stored.version_id)
        return None
    owner = found.metadata.get("owner") or conf.default_owner
    record = Image(
        image_id,
        owner=owner,
        library=owner,
        filename=clean_filename(found.metadata.get("filename") or stored.key),
        content_type=found.content_type,
        bytes=found.bytes,
        key=stored.key,
        version_id=stored.version_id,
    )
    terms.write(record.library, terms.described_terms(record), image_id)
    record.create()
    return image_id
